/**
 * Faster or slower speech at the same pitch: waveform similarity overlap-add (Verhelst and Roelands, ICASSP 1993).
 * Windows of speech are laid closer together or further apart, each moved a little to where it fits the one before.
 */

/** Seconds of a window, and how far a window may be moved. */
const windowLength = 0.03;
const mostMove = 0.008;

/**
 * Where near `wanted` the samples continue `after` best; judged on the sum of the channels.
 * @param {Float32Array} samples
 * @param {number} wanted
 * @param {number} after
 * @param {number} length
 * @param {number} move
 */
function bestStart(samples, wanted, after, length, move) {
    let best = wanted;
    let most = -Infinity;
    for (let shift = -move; shift <= move; shift += 2) {
        const start = wanted + shift;
        if (start < 0 || start + length > samples.length || after + length > samples.length) continue;
        let sum = 0;
        for (let index = 0; index < length; index += 4) sum += samples[start + index] * samples[after + index];
        if (sum > most) [most, best] = [sum, start];
    }
    return Math.max(0, Math.min(best, samples.length - length));
}

/**
 * @param {Float32Array[]} channels of equal length
 * @param {number} rate samples per second
 * @param {number} speed 2 is twice as fast
 * @returns {Float32Array[]}
 */
export function stretch(channels, rate, speed) {
    const length = Math.round(windowLength * rate) & ~1;
    const hop = length / 2;
    const move = Math.round(mostMove * rate);
    const total = channels[0].length;
    if (speed === 1 || total < length * 2) return channels;
    const mixed = new Float32Array(total);
    for (const channel of channels) for (let index = 0; index < total; index += 1) mixed[index] += channel[index];
    const slope = Float32Array.from({ length }, (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / length));
    const made = channels.map(() => new Float32Array(Math.ceil(total / speed) + length));
    let last = 0;
    for (let place = 0; place + length < made[0].length; place += hop) {
        const wanted = Math.round(place * speed);
        if (wanted + length + move >= total) break;
        const start = place === 0 ? 0 : bestStart(mixed, wanted, last + hop, hop, move);
        channels.forEach((channel, which) => {
            for (let index = 0; index < length; index += 1) made[which][place + index] += channel[start + index] * slope[index];
        });
        last = start;
    }
    return made;
}
