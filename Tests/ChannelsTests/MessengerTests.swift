import Foundation
import Kernel
import Testing

@testable import Channels

/// Sending through the real curl to servers of the test's own on loopback.
@Suite struct MessengerTests {
    /// A mail server and a gateway that take everything, write down what they got, and end after one message.
    private static let servers = """
        import json, socket, sys, threading
        from http.server import BaseHTTPRequestHandler, HTTPServer
        got = {}
        def mail(listener):
            peer = listener.accept()[0]
            file = peer.makefile("rwb", 0)
            def say(text): file.write(text.encode() + b"\\r\\n")
            say("220 test")
            got["rcpt"] = []
            while True:
                line = file.readline().decode().strip()
                word = line[:4].upper()
                if word in ("EHLO", "HELO"): say("250 test")
                elif word == "RCPT": got["rcpt"].append(line); say("250 ok")
                elif word == "MAIL": got["mail"] = line; say("250 ok")
                elif word == "DATA":
                    say("354 go on")
                    body = b""
                    while not body.endswith(b"\\r\\n.\\r\\n"): body += file.readline()
                    got["data"] = body.decode()
                    say("250 taken")
                elif word == "QUIT": say("221 bye"); return
                else: say("250 ok")
        class Gateway(BaseHTTPRequestHandler):
            def do_POST(self):
                got["sms"] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                got["authorization"] = self.headers["Authorization"]
                self.send_response(500 if got["sms"]["to"] == "99999" else 204)
                self.end_headers()
            def log_message(self, *rest): pass
        if sys.argv[1] == "mail":
            listener = socket.create_server(("127.0.0.1", 0))
            print(listener.getsockname()[1], flush=True)
            mail(listener)
        else:
            server = HTTPServer(("127.0.0.1", 0), Gateway)
            print(server.server_address[1], flush=True)
            server.handle_request()
        print(json.dumps(got), flush=True)
        """

    /// Starts a server, sends, and returns what the server got.
    private func served(_ kind: String, _ send: (Int) async throws -> Void) async throws -> [String: Any] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.servers, kind]
        process.standardOutput = output
        try process.run()
        defer { process.terminate() }
        var text = ""
        while !text.contains("\n") {
            text += String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        }
        try await send(try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines))))
        let rest = output.fileHandleForReading.readDataToEndOfFile()
        return try #require(try JSONSerialization.jsonObject(with: rest) as? [String: Any])
    }

    @Test func `G20 a mail arrives with Chinese subject, text and attachment, for everybody named`()
        async throws
    {
        let bytes = [UInt8](0...255)
        let got = try await served("mail") { port in
            var settings = CurlMessenger.Settings()
            settings.mailURL = "smtp://127.0.0.1:\(port)"
            settings.mailFrom = "hotline@example.com"
            settings.allowsPlain = true
            var mail = Mail(
                to: ["a@example.com", "b@example.com"], subject: "运行日报\r\nBcc: c@example.com",
                text: "满意度 99.4 %",
                at: Timestamp(milliseconds: 1_795_600_000_000))
            mail.attachments = [
                .init(name: "day \"1\".xlsx", contentType: "application/x-test", bytes: bytes)
            ]
            try await CurlMessenger(settings).send(mail)
        }
        #expect((got["rcpt"] as? [String])?.count == 2)
        let data = try #require(got["data"] as? String)
        #expect(!data.contains("Bcc"), "a line end in a subject is no header")
        #expect(data.contains("Subject: =?UTF-8?B?") && data.contains("filename=\"day1.xlsx\""))
        #expect(data.contains(Data("满意度 99.4 %".utf8).base64EncodedString()))
        let flat = data.replacing("\r\n", with: "")
        #expect(flat.contains(Data(bytes).base64EncodedString()))
    }

    @Test func `G22 a text message reaches the gateway with its token`() async throws {
        let text = "排队过长 \"@/etc/passwd\" \\ 5\n2"
        let got = try await served("sms") { port in
            var settings = CurlMessenger.Settings()
            settings.textURL = "http://127.0.0.1:\(port)/send"
            settings.textToken = "secret"
            try await CurlMessenger(settings).send(text: text, to: "+8613800000000")
        }
        #expect(got["sms"] as? [String: String] == ["to": "+8613800000000", "text": text])
        #expect(got["authorization"] as? String == "Bearer secret")
    }

    @Test func `G22 a gateway that refuses is a problem, and nothing is sent without one`() async throws {
        _ = try await served("sms") { port in
            var settings = CurlMessenger.Settings()
            settings.textURL = "http://127.0.0.1:\(port)/send"
            let messenger = try CurlMessenger(settings)
            let problem = await #expect(throws: Problem.self) {
                try await messenger.send(text: "x", to: "99999")
            }
            #expect(problem?.details["reason"] == "notSent")
        }
        let none = try CurlMessenger(CurlMessenger.Settings())
        let problem = await #expect(throws: Problem.self) { try await none.send(text: "x", to: "99999") }
        #expect(problem?.details["reason"] == "smsNotConfigured")
    }

    @Test(arguments: ["mail.url", "mail.from", "sms.url"])
    func `A setting that cannot work names its key`(field: String) {
        var settings = CurlMessenger.Settings()
        settings.mailURL = field == "mail.url" ? "file:///etc/passwd" : "smtps://mail.example"
        settings.mailFrom = field == "mail.from" ? "nobody" : "hotline@example.com"
        settings.textURL = field == "sms.url" ? "http://sms.example" : ""
        let problem = #expect(throws: Problem.self) { try CurlMessenger(settings) }
        #expect(problem?.details["field"] == field)
    }

    @Test(arguments: [
        "a@b", "-a@b.example", "a b@c.example", "a@b.example\r\nRCPT TO:<c@d.example>", "a@b@c.example",
        "@b.example",
    ])
    func `What is no address is none`(text: String) {
        #expect(!Mail.isAddress(text))
    }
}
