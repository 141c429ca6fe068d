import Kernel
import Testing

@testable import Media

struct DTMFTests {
    private func event(
        _ code: UInt8, end: Bool = false, duration: UInt16, sequence: UInt16, timestamp: UInt32,
        marker: Bool = false
    ) -> Packet {
        Packet(
            101, marker: marker, sequence: sequence, timestamp: timestamp,
            payload: [code, end ? 0x8A : 0x0A, UInt8(duration >> 8), UInt8(duration & 255)])
    }

    @Test func `a key counts once although its end comes three times`() throws {
        let stage = try Stage()
        let (leg, peer) = try stage.leg(1)
        for step in 1...5 {
            peer.send(event(5, duration: UInt16(step * 160), sequence: UInt16(step), timestamp: 1_000))
        }
        for step in 6...8 {
            peer.send(event(5, end: true, duration: 960, sequence: UInt16(step), timestamp: 1_000))
        }
        peer.send(event(11, end: true, duration: 400, sequence: 9, timestamp: 3_000, marker: true))
        _ = stage.log.first { if case .digit(leg, let key) = $0, key.key == "#" { true } else { nil } }
        #expect(
            stage.log.digits == [
                PressedKey(key: "5", milliseconds: 120), PressedKey(key: "#", milliseconds: 50),
            ])
    }
    @Test func `a key whose ends were all lost ends by the next key, or by the clock`() throws {
        let stage = try Stage()
        let (leg, peer) = try stage.leg(1)
        peer.send(event(1, duration: 320, sequence: 1, timestamp: 1_000))
        peer.send(event(2, duration: 480, sequence: 2, timestamp: 2_000))
        _ = stage.log.first { if case .digit(leg, let key) = $0, key.key == "2" { true } else { nil } }
        #expect(
            stage.log.digits == [
                PressedKey(key: "1", milliseconds: 40), PressedKey(key: "2", milliseconds: 60),
            ])
    }
    @Test func `only the last of a press arrives and it still counts once, late packets of it never`() {
        var receiver = TelephoneEventReceiver()
        let pressed = receiver.receive(
            event: 0, isEnd: true, duration: 800, timestamp: 50, marker: false, at: 0)
        #expect(pressed.1 == PressedKey(key: "0", milliseconds: 100))
        let late = receiver.receive(event: 0, isEnd: false, duration: 640, timestamp: 50, marker: true, at: 1)
        #expect(late.0 == nil && late.1 == nil)
        #expect(receiver.tick(at: 1_000_000_000) == nil)
    }
    @Test func `the same key twice counts twice`() {
        var receiver = TelephoneEventReceiver()
        var keys: [PressedKey] = []
        for press in 0..<2 as Range<UInt32> {
            let result = receiver.receive(
                event: 7, isEnd: true, duration: 800, timestamp: press * 1_600, marker: true, at: Int64(press)
            )
            keys += [result.0, result.1].compactMap(\.self)
        }
        #expect(keys.map(\.key) == ["7", "7"])
    }
    @Test func `a press longer than one event can say is one press`() {
        var receiver = TelephoneEventReceiver()
        var keys: [PressedKey] = []
        func receive(_ duration: UInt16, _ timestamp: UInt32, end: Bool = false, marker: Bool = false) {
            let result = receiver.receive(
                event: 10, isEnd: end, duration: duration, timestamp: timestamp, marker: marker, at: 0)
            keys += [result.0, result.1].compactMap(\.self)
        }
        receive(160, 500, marker: true)
        receive(65_535, 500)
        receive(160, 500 + 65_535)
        receive(8_065, 500 + 65_535, end: true)
        receive(8_065, 500 + 65_535, end: true)
        #expect(keys == [PressedKey(key: "*", milliseconds: 9_200)])
    }
    @Test func `a key told by signalling and by media within 40 ms counts once, in either order`() {
        let millisecond: Int64 = 1_000_000
        var receiver = TelephoneEventReceiver()
        #expect(receiver.inject("4", at: 0)?.key == "4")
        #expect(receiver.inject("4", at: 10 * millisecond) == nil)
        _ = receiver.receive(
            event: 4, isEnd: false, duration: 160, timestamp: 9, marker: true, at: 30 * millisecond)
        let end = receiver.receive(
            event: 4, isEnd: true, duration: 800, timestamp: 9, marker: false, at: 130 * millisecond)
        #expect(end.1 == nil)
        #expect(receiver.inject("4", at: 160 * millisecond) == nil)
        #expect(receiver.inject("4", at: 171 * millisecond)?.key == "4")
        _ = receiver.receive(
            event: 4, isEnd: false, duration: 160, timestamp: 99, marker: true, at: 900 * millisecond)
        #expect(receiver.inject("4", at: 950 * millisecond) == nil)
        #expect(receiver.inject("6", at: 950 * millisecond)?.key == "6")
    }
    @Test func `keys are passed on as events to a leg that negotiated them, and leave no gap where not`()
        throws
    {
        let stage = try Stage()
        let a = try stage.leg(1)
        let b = try stage.leg(2, dtmf: 96)
        let c = try stage.leg(3, dtmf: nil)
        var matrix = TalkMatrix.pair(a.id, b.id)
        matrix.connect(a.id, to: c.id)
        stage.service.connect(RoomID(1), matrix)
        a.peer.send(Packet(sequence: 1, timestamp: 160, payload: speech(1)))
        a.peer.send(event(3, duration: 160, sequence: 2, timestamp: 320, marker: true))
        a.peer.send(event(3, end: true, duration: 320, sequence: 3, timestamp: 320))
        a.peer.send(Packet(sequence: 4, timestamp: 640, payload: speech(4)))
        let heard = try (0..<4).map { _ in try #require(b.peer.receive()) }
        #expect(heard.map(\.payloadType) == [8, 96, 96, 8])
        #expect(heard[1].timestamp == heard[0].timestamp &+ 160)
        #expect(heard[2].timestamp == heard[1].timestamp)
        #expect(heard[3].timestamp == heard[0].timestamp &+ 480)
        let plain = try (0..<2).map { _ in try #require(c.peer.receive()) }
        #expect(plain.map(\.payload) == [speech(1), speech(4)])
        #expect(plain[1].sequence == plain[0].sequence &+ 1)
    }
}
