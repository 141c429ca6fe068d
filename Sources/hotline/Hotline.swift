import ArgumentParser

@main struct Hotline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "hotline", abstract: "An open contact centre.")
}
