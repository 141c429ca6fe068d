import Kernel
import Media

/// Where other machines reach this one: what the configuration says, else what the machine's interfaces say.
struct Advertised: Hashable, Sendable {
    /// The address that stands for every one of the machine.
    static let everywhere = "0.0.0.0"
    /// A browser tries each of them at each connection.
    static let mostAddresses = 8

    /// Peers of SIP answer to it; `nil` takes the listening one.
    var sip: String?
    /// The address of audio when a peer gives no other choice.
    var audio: String
    /// The addresses from which each leg takes the one towards its peer; empty when one was chosen for all.
    var own: [String] = []
    /// What to look at before others are told of this machine, in sentences.
    var warnings: [String] = []

    /// - Parameters:
    ///   - sipHost: where SIP is listened for.
    ///   - addresses: of the machine's interfaces; `usual` is the one towards the network.
    init(
        _ settings: Configuration, sipHost: String, addresses: [String] = MachineNames.addresses,
        usual: String? = OutwardAddress.usual
    ) {
        let four = addresses.filter { !$0.contains(":") }
        let first = usual ?? four.first ?? "127.0.0.1"
        let known = [first] + four.filter { $0 != first }.prefix(Self.mostAddresses - 1)
        let (isSIPFound, isAudioFound) = (
            settings.sip.advertised.isEmpty && sipHost == Self.everywhere,
            settings.rtp.advertised.isEmpty && settings.rtp.address == Self.everywhere
        )
        sip = isSIPFound ? first : settings.sip.advertised.isEmpty ? nil : settings.sip.advertised
        audio =
            isAudioFound
            ? first : settings.rtp.advertised.isEmpty ? settings.rtp.address : settings.rtp.advertised
        if isAudioFound { own = known }
        if isSIPFound || isAudioFound, known.count > 1 {
            warnings.append(
                "This machine has the addresses \(known.joined(separator: ", ")) and gives \(first) to phones; "
                    + "set [sip] advertised and [rtp] advertised if others reach it by another one.")
        }
        let isOpen = [sipHost, settings.http.tlsListen].contains { !Self.isLoopback($0) }
        if isOpen, Self.isLoopback(audio), settings.relay.urls.isEmpty {
            warnings.append(
                "Others reach this machine, but its audio is on \(audio): set [rtp] address = \"0.0.0.0\".")
        }
    }

    private static func isLoopback(_ place: String) -> Bool {
        place.isEmpty || place.hasPrefix("127.") || place.hasPrefix("[::1]") || place.hasPrefix("localhost")
            || place == "::1"
    }
}
