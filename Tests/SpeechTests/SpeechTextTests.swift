import Kernel
import Testing

@testable import Speech

@Suite struct SpeechTextTests {
    @Test(arguments: [
        ("您好，欢迎致电5186。", "您好，欢迎致电5186。"),
        ("  two \n\t lines \u{0} end\u{7}", "two lines end"),
        ("\u{202E}turned\u{200B}", "turned"),
        ("say [[h@l'oU]] please", "say [ [h@l'oU]] please"),
        ("[[[[", "[ [ [ ["),
    ])
    func `control characters and phoneme marks do not reach the engine`(text: String, cleaned: String) throws
    {
        #expect(try SpeechText.cleaned(text) == cleaned)
    }

    @Test(arguments: ["", " \n", "\u{0}\u{1}"])
    func `nothing to say is refused`(text: String) {
        #expect { try SpeechText.cleaned(text) } throws: { ($0 as? Problem)?.details["field"] == "text" }
    }

    @Test func `a text beyond the bound is refused and the longest one is not`() throws {
        let longest = String(repeating: "好", count: SpeechText.mostCharacters)
        #expect(try SpeechText.cleaned(longest) == longest)
        #expect { try SpeechText.cleaned(longest + "好") } throws: { ($0 as? Problem)?.code == .invalid }
        // One character may be made of any number of combining marks.
        #expect { try SpeechText.cleaned("e" + String(repeating: "\u{301}", count: 100_000)) } throws: {
            ($0 as? Problem)?.code == .invalid
        }
    }

    @Test func `sizes in a WAV header from a pipe are set to what is there`() throws {
        let repaired = try WaveBytes.repaired(wave([1, 2, 3, 4], claimed: 0x7FFF_F000))
        #expect(repaired == wave([1, 2, 3, 4]))
        #expect(try WaveBytes.repaired(wave([1, 2, 3])).count == 46)
    }

    @Test(arguments: [
        [], [1, 2, 3], Array("RIFF1234WAVE".utf8), wave([]), Array(repeating: 0xFF, count: 100),
    ])
    func `an answer without sound is refused`(bytes: [UInt8]) {
        #expect { try WaveBytes.repaired(bytes) } throws: { ($0 as? Problem)?.code == .unavailable }
    }
}
