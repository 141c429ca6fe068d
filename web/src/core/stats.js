/** What a connection reports of itself, in the few figures that tests and support look at. */

/**
 * @typedef {object} LegStats
 * @property {string} connection
 * @property {string} ice
 * @property {{packets: number, lost: number, bytes: number, energy: number, jitter: number, concealed: number, samples: number}} [in]
 * @property {{packets: number, bytes: number}} [out]
 * @property {{level: number, energy: number}} [source]
 * @property {{dtls: string, dtlsRole: string, iceRole: string, srtp: string, tls: string}} [transport]
 * @property {{roundTrip: number, lost: number}} [remote]
 * @property {string[]} codecs
 * @property {string[]} candidates
 * @property {string} [path] how this side sends: "host udp", or "relay tcp" when it reaches a relay by TCP
 */

/**
 * @param {RTCPeerConnection} connection
 * @returns {Promise<LegStats>}
 */
export async function summarise(connection) {
    /** @type {LegStats} */
    const summary = { connection: connection.connectionState, ice: connection.iceConnectionState, codecs: [], candidates: [] };
    const report = await connection.getStats();
    report.forEach((/** @type {any} */ one) => {
        if (one.type === "inbound-rtp") {
            summary.in = {
                packets: one.packetsReceived, lost: one.packetsLost, bytes: one.bytesReceived, energy: one.totalAudioEnergy,
                jitter: one.jitter, concealed: one.concealedSamples, samples: one.totalSamplesReceived,
            };
        } else if (one.type === "outbound-rtp") summary.out = { packets: one.packetsSent, bytes: one.bytesSent };
        else if (one.type === "media-source") summary.source = { level: one.audioLevel, energy: one.totalAudioEnergy };
        else if (one.type === "transport") {
            const near = report.get(report.get(one.selectedCandidatePairId)?.localCandidateId);
            if (near) summary.path = `${near.candidateType} ${near.relayProtocol ?? near.protocol}`;
            summary.transport = { dtls: one.dtlsState, dtlsRole: one.dtlsRole, iceRole: one.iceRole, srtp: one.srtpCipher, tls: one.tlsVersion };
        } else if (one.type === "remote-inbound-rtp") summary.remote = { roundTrip: one.roundTripTime, lost: one.packetsLost };
        else if (one.type === "codec") summary.codecs.push(one.mimeType);
        else if (one.type === "local-candidate") summary.candidates.push(`${one.candidateType} ${one.protocol}`);
    });
    return summary;
}
