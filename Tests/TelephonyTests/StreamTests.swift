import Kernel
import NIOCore
import SignallingEngine
import Telephony
import Testing

@Suite(.timeLimit(.minutes(1))) struct StreamTests {
    private let options = """
        OPTIONS sip:probe@127.0.0.1 SIP/2.0
        Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK1;rport
        Max-Forwards: 70
        From: <sip:a@127.0.0.1>;tag=1
        To: <sip:probe@127.0.0.1>
        Call-ID: c1
        CSeq: 1 OPTIONS

        """

    @Test func `a keep-alive is answered, and messages that come in pieces are whole again`() async throws {
        let place = try await Place()
        let wire = try await Wire(to: place.service.port)
        wire.send("\n\n")
        #expect(await wire.read(2) == "\r\n")
        let text = options.dropLast() + "\nContent-Length: 0\n\n"
        for half in [text.prefix(100), text.dropFirst(100)] { wire.send(String(half)) }
        #expect(await wire.read(200).hasPrefix("SIP/2.0 200 "))
        await wire.close()
        await place.service.stop()
    }

    @Test func `a request without a length is told so, and its stream closed`() async throws {
        let place = try await Place()
        let wire = try await Wire(to: place.service.port)
        wire.send(options + "\n")
        let answer = await wire.readToEnd()
        #expect(answer.hasPrefix("SIP/2.0 400 Missing Content-Length\r\n"))
        await place.service.stop()
    }

    @Test(arguments: ["\rX", "GET / HTTP/1.1\nHost: x\n\n", String(repeating: "x", count: 70_000)])
    func `a stream that is no SIP is closed without a word`(text: String) async throws {
        let place = try await Place()
        let wire = try await Wire(to: place.service.port)
        wire.send(text)
        #expect(await wire.readToEnd().isEmpty)
        await place.service.stop()
    }

    @Test func `stopping closes the streams and frees the port`() async throws {
        let place = try await Place()
        let wire = try await Wire(to: place.service.port)
        wire.send("\n\n")
        #expect(await wire.read(2) == "\r\n")
        await place.service.stop()
        #expect(await wire.readToEnd().isEmpty)
        await #expect(throws: (any Error).self) { try await Wire(to: place.service.port) }
    }
}
