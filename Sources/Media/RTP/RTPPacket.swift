/// The fixed header of RTP (RFC 3550, 5.1) as read from a packet, and where its payload lies.
struct RTPHeader {
    static let size = 12

    var payloadType: UInt8
    var marker: Bool
    var sequence: UInt16
    var timestamp: UInt32
    var source: UInt32
    /// The payload's place in the packet, behind contributing sources and header extension.
    var payloadStart: Int
    var payloadCount: Int

    /// Reads the header of a packet of `length` bytes; `nil` for anything that is not RTP or lies about its lengths.
    static func read(_ buffer: PacketBuffer, length: Int) -> RTPHeader? {
        guard length >= size, length <= PacketBuffer.capacity else { return nil }
        let first = buffer[0]
        guard first & 0xC0 == 0x80 else { return nil }
        let second = buffer[1]
        // RTCP on the RTP port (RFC 5761, 4): payload types 64-95 with the marker are its packet types.
        guard !(192...223).contains(second) else { return nil }
        var start = size + 4 * Int(first & 0x0F)
        if first & 0x10 != 0 {
            guard start + 4 <= length else { return nil }
            start += 4 + 4 * Int(buffer.word16(at: start + 2))
        }
        guard start < length else { return nil }
        var end = length
        if first & 0x20 != 0 {
            let padding = Int(buffer[length - 1])
            guard padding > 0, start + padding < length else { return nil }
            end -= padding
        }
        return RTPHeader(
            payloadType: second & 0x7F, marker: second & 0x80 != 0, sequence: buffer.word16(at: 2),
            timestamp: buffer.word32(at: 4), source: buffer.word32(at: 8), payloadStart: start,
            payloadCount: end - start)
    }

    /// Writes the header directly before the payload, without contributing sources, extension or padding.
    func write(_ buffer: PacketBuffer) {
        let start = payloadStart - Self.size
        buffer[start] = 0x80
        buffer[start + 1] = payloadType | (marker ? 0x80 : 0)
        buffer.setWord16(sequence, at: start + 2)
        buffer.setWord32(timestamp, at: start + 4)
        buffer.setWord32(source, at: start + 8)
    }
}
