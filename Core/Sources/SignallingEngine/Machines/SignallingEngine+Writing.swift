import Kernel

extension SignallingEngine {
    /// The methods that we take (Allow).
    static let allowed = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE"

    /// The bytes of a request.
    func bytes(of method: SIPMethod, _ head: RequestHead, _ content: RequestContent) -> [UInt8] {
        let here = settings.endpoint(for: head.path.transport)
        var writer = SIPWriter(method, uri: head.uri)
        writer.via(
            transport: head.path.transport, host: here.host, port: here.port, branch: head.branch)
        writer.header(.maxForwards, 70)
        for route in head.routes { writer.header(.route, route) }
        writer.header(.from, head.from)
        writer.header(.to, head.to)
        writer.header(.callID, head.callID)
        writer.cSeq(head.sequence, method)
        if content.hasContact {
            writer.header(.contact, contact(for: head.path.transport))
            writer.header(.allow, SignallingEngine.allowed)
        }
        for header in content.headers { writer.header(named: header.name, header.value) }
        if !settings.product.isEmpty { writer.header(.userAgent, settings.product) }
        return writer.finish(contentType: content.contentType, body: content.body)
    }

    /// The bytes of an answer; `tag` is left out of a 100.
    func bytes(of answer: Answer, to request: SIPMessage, tag: String, source: SIPEndpoint) -> [UInt8] {
        let origin = SIPSource(host: source.address.description, port: source.port)
        var writer = SIPWriter(
            status: answer.status, reason: answer.reason, to: request, from: origin,
            toTag: answer.status == 100 ? nil : tag)
        if answer.hasContact {
            writer.header(.contact, contact(for: source.transport))
            writer.header(.allow, SignallingEngine.allowed)
        }
        for header in answer.headers { writer.header(named: header.name, header.value) }
        if !settings.product.isEmpty { writer.header(.server, settings.product) }
        return writer.finish(body: answer.body)
    }

    /// Our Contact.
    private func contact(for transport: SIPTransport) -> String {
        let here = settings.endpoint(for: transport)
        return transport == .udp
            ? "<sip:\(here.hostPort)>" : "<sip:\(here.hostPort);transport=\(transport.parameter)>"
    }

    /// Where an answer goes (RFC 3261, 18.2.2; RFC 3581): back on a stream; over UDP to the source's address, and to
    /// its port if the request asks for that, else to the port that Via names.
    func responsePath(_ request: SIPMessage, from source: SIPEndpoint) -> SIPEndpoint {
        guard source.transport == .udp, !request.topVia.wantsRPort else { return source }
        var path = source
        path.port = request.topVia.port == 0 ? 5060 : request.topVia.port
        return path
    }

    /// Where requests to a URI go: the address that its host spells. Names are resolved outside, so they give `nil`.
    func path(to uri: String) -> SIPEndpoint? {
        guard let uri = SIPURI(uri), let address = IPAddress(uri.host) else { return nil }
        let isTCP = uri.parameters["transport"].map { SIPText.equal($0, "tcp") } ?? false
        return SIPEndpoint(transport: isTCP ? .tcp : .udp, address: address, port: uri.port ?? 5060)
    }

    /// Where the requests of a dialog go: its first route or its remote target, or its path if that is to be kept or
    /// the others name no address (12.2.1.1).
    func path(of dialog: Dialog) -> SIPEndpoint {
        if dialog.staysOnPath { return dialog.path }
        let next: String
        if let route = dialog.routes.first, let address = NameAddress(route) {
            next = address.uri.text
        } else {
            next = dialog.remoteTarget
        }
        guard var path = path(to: next) else { return dialog.path }
        if path.address == dialog.path.address, path.transport == dialog.path.transport {
            path.connection = dialog.path.connection
        }
        return path
    }

    /// The fixed part of a request within a dialog.
    func head(in dialog: Dialog, sequence: UInt32, branch: String) -> RequestHead {
        var routes = dialog.routes
        var uri = dialog.remoteTarget
        // A first hop that is a strict router gets its own URI as request URI (12.2.1.1).
        if let first = routes.first, let address = NameAddress(first), !address.uri.parameters.contains("lr")
        {
            routes.removeFirst()
            routes.append("<\(dialog.remoteTarget)>")
            uri = address.uri.text
        }
        return RequestHead(
            uri: uri, branch: branch, from: "\(dialog.localIdentity);tag=\(dialog.localTag)",
            to: dialog.remoteTag.map { "\(dialog.remoteIdentity);tag=\($0)" } ?? dialog.remoteIdentity,
            callID: dialog.callID, sequence: sequence, routes: routes, path: path(of: dialog))
    }

    /// A fresh branch.
    mutating func branch() -> String { RequestHead.cookie + tokens.token() }
}
