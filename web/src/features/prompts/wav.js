/** A WAV file from samples: PCM, 16 bit, mono. Pure. */

const headLength = 44;

/**
 * @param {Float32Array} samples between -1 and 1
 * @param {number} rate samples per second
 * @returns {ArrayBuffer}
 */
export function encodeWav(samples, rate) {
    const view = new DataView(new ArrayBuffer(headLength + samples.length * 2));
    const word = (/** @type {number} */ at, /** @type {string} */ text) => [...text].forEach((sign, place) => view.setUint8(at + place, sign.charCodeAt(0)));
    word(0, "RIFF");
    view.setUint32(4, headLength - 8 + samples.length * 2, true);
    word(8, "WAVEfmt ");
    view.setUint32(16, 16, true);
    view.setUint16(20, 1, true);
    view.setUint16(22, 1, true);
    view.setUint32(24, rate, true);
    view.setUint32(28, rate * 2, true);
    view.setUint16(32, 2, true);
    view.setUint16(34, 16, true);
    word(36, "data");
    view.setUint32(40, samples.length * 2, true);
    samples.forEach((sample, place) => view.setInt16(headLength + place * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32767), true));
    return view.buffer;
}

/**
 * Where speech begins and ends, with a little room on both sides; the whole when there is only silence.
 * @param {Float32Array} samples
 * @param {number} rate
 * @returns {[number, number]}
 */
export function speechSpan(samples, rate) {
    const [quiet, room] = [0.012, Math.round(rate * 0.2)];
    const first = samples.findIndex((sample) => Math.abs(sample) > quiet);
    if (first < 0) return [0, samples.length];
    let last = samples.length - 1;
    while (last > first && Math.abs(samples[last]) <= quiet) last -= 1;
    return [Math.max(0, first - room), Math.min(samples.length, last + room)];
}
