extension SessionDescription {
    /// Reads the body of a message; nil when it is no session description.
    public init?(_ message: SIPMessage) { self.init(message.bytes, message.body) }

    public init?(_ bytes: [UInt8]) {
        guard bytes.count <= SIPMessage.mostBytes else { return nil }
        self.init(bytes, ByteSlice(0, bytes.count))
    }

    init?(_ bytes: [UInt8], _ slice: ByteSlice) {
        var reading = Reading()
        let b = bytes.span
        var i = Int(slice.start)
        var count = 0
        while i < slice.end {
            let line = Scan.line(b, i, slice.end)
            // An empty line at the end is common and harmless.
            if line.end > i {
                count += 1
                guard count <= SessionDescription.mostLines, line.end - i >= 2, b[i + 1] == 0x3D,
                    Reading.isText(b, i, line.end),
                    reading.take(b[i], SDPFields(bytes, i + 2, line.end), isFirst: count == 1)
                else { return nil }
            }
            i = line.next
        }
        guard let origin = reading.origin else { return nil }
        self.init(
            origin: origin, address: reading.address, direction: reading.direction,
            media: reading.media.map { $0.finished() })
    }

    private struct Reading {
        var origin: Origin?
        var address: String?
        var direction: Direction?
        var media: [Media] = []

        /// Takes one line; false when it makes the description unreadable.
        mutating func take(_ kind: UInt8, _ fields: SDPFields, isFirst: Bool) -> Bool {
            var fields = fields
            // Every description starts with its version, which is 0 (RFC 8866, 5.1).
            if isFirst { return kind == 0x76 && fields.word() == "0" }
            switch kind {
            case 0x6F: return takeOrigin(&fields)
            case 0x63: return takeAddress(&fields)
            case 0x6D: return takeMedia(&fields)
            case 0x61:
                takeAttribute(&fields)
                return true
            default: return true
            }
        }

        private mutating func takeOrigin(_ fields: inout SDPFields) -> Bool {
            guard let user = fields.word(), let session = fields.word(), let version = fields.word(),
                fields.word() == "IN", fields.word() != nil, let address = fields.word()
            else { return false }
            // Numbers beyond 64 bits are only ever compared for change: the last digits do.
            origin = Origin(
                user: user, session: Reading.number(session), version: Reading.number(version),
                address: address)
            return true
        }

        /// Neither NUL nor CR may stand in a line (RFC 8866, 9: `byte-string`).
        static func isText(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
            for i in start..<end where b[i] == 0 || b[i] == 0x0D { return false }
            return true
        }

        private static func number(_ text: String) -> UInt64 {
            text.utf8.reduce(0) { Scan.isDigit($1) ? $0 &* 10 &+ UInt64($1 - 0x30) : $0 }
        }

        private mutating func takeAddress(_ fields: inout SDPFields) -> Bool {
            guard fields.word() == "IN", fields.word() != nil, let address = fields.word() else {
                return false
            }
            if media.isEmpty { self.address = address } else { media[media.count - 1].address = address }
            return true
        }

        private mutating func takeMedia(_ fields: inout SDPFields) -> Bool {
            guard media.count < SessionDescription.mostMedia, let kind = fields.word(),
                let ports = fields.word(),
                let transport = fields.word()
            else { return false }
            // `port/number of ports`
            let digits = ports.utf8.prefix { $0 != 0x2F }
            guard let port = UInt16(String(decoding: digits, as: UTF8.self)) else { return false }
            var medium = Media(kind: kind, port: port, transport: transport)
            while let format = fields.word() {
                guard medium.formatTexts.count < SessionDescription.mostFormats else { return false }
                medium.formatTexts.append(format)
                if transport.utf8.starts(with: "RTP/".utf8) {
                    guard let payload = UInt8(format), payload < 128 else { return false }
                    medium.formats.append(Format(payload: payload, encoding: "", rate: 0))
                }
            }
            guard !medium.formatTexts.isEmpty else { return false }
            media.append(medium)
            return true
        }

        /// Attributes that make no sense are read over, as unknown ones are.
        private mutating func takeAttribute(_ fields: inout SDPFields) {
            guard let name = fields.word(where: { $0 == 0x3A }) else { return }
            let last = media.count - 1
            if let direction = Direction(rawValue: name) {
                if last < 0 { self.direction = direction } else { media[last].direction = direction }
                return
            }
            guard last >= 0 else { return }
            switch name {
            case "rtpmap": takeMap(&fields, last)
            case "fmtp":
                guard let payload = fields.word().flatMap({ UInt8($0) }), let parameters = fields.rest()
                else { return }
                for i in media[last].formats.indices where media[last].formats[i].payload == payload {
                    media[last].formats[i].parameters = parameters
                }
            case "ptime":
                if let time = fields.word().flatMap({ Int($0) }), (1...1_000).contains(time) {
                    media[last].packetTime = time
                }
            case "rtcp":
                media[last].rtcpPort = fields.word().flatMap { UInt16($0) }
                if fields.word() == "IN", fields.word() != nil { media[last].rtcpAddress = fields.word() }
            case "rtcp-mux": media[last].hasRTCPMux = true
            default: break
            }
        }

        private mutating func takeMap(_ fields: inout SDPFields, _ last: Int) {
            guard let payload = fields.word().flatMap({ UInt8($0) }),
                let encoding = fields.word(where: { $0 == 0x2F }),
                let rate = fields.word(where: { $0 == 0x2F || $0 == 0x20 }).flatMap({ Int($0) }), rate > 0
            else { return }
            for i in media[last].formats.indices where media[last].formats[i].payload == payload {
                media[last].formats[i].encoding = encoding
                media[last].formats[i].rate = rate
            }
        }
    }
}

extension SessionDescription.Media {
    /// With the names of the static payloads that came without rtpmap (RFC 3551, 6).
    fileprivate func finished() -> SessionDescription.Media {
        var medium = self
        for i in formats.indices where formats[i].encoding.isEmpty {
            let (encoding, rate): (String, Int)
            switch formats[i].payload {
            case 0: (encoding, rate) = ("PCMU", 8_000)
            case 3: (encoding, rate) = ("GSM", 8_000)
            case 4: (encoding, rate) = ("G723", 8_000)
            case 8: (encoding, rate) = ("PCMA", 8_000)
            case 9: (encoding, rate) = ("G722", 8_000)
            case 13: (encoding, rate) = ("CN", 8_000)
            case 18: (encoding, rate) = ("G729", 8_000)
            default: continue
            }
            medium.formats[i].encoding = encoding
            medium.formats[i].rate = rate
        }
        return medium
    }
}
