import Foundation
import Kernel

/// The unit by which systemd keeps the program running: a user of its own, nothing of the machine but its state
/// directory to write to, and time to end its calls.
package struct ServiceUnit: Sendable {
    /// Where the unit goes when it is installed by hand.
    static let place = "/etc/systemd/system/hotline.service"
    static let user = "hotline"
    /// The data directory.
    static let state = "/var/lib/hotline"
    /// Seconds between the signal and the end by force: what calls get to end by themselves, and to write everything.
    private static let stopSeconds = Hotline.drainPatience.components.seconds + 30

    /// The program, absolute.
    package var program: String
    /// The configuration, absolute.
    package var configuration = "/etc/hotline/hotline.toml"

    /// - Parameter program: its absolute path.
    package init(program: String) { self.program = program }

    /// The unit's text.
    package var text: String {
        """
        [Unit]
        Description=Hotline contact centre
        Documentation=file:/usr/share/doc/hotline
        After=network-online.target postgresql.service
        Wants=network-online.target

        [Service]
        Type=exec
        User=\(Self.user)
        Group=\(Self.user)
        ExecStart=\(program) serve --config \(configuration)
        WorkingDirectory=/var/lib/hotline
        StateDirectory=hotline
        StateDirectoryMode=0700
        Restart=on-failure
        RestartSec=2
        # No new call is taken after SIGTERM; standing calls may go on for \(Hotline.drainPatience.components.seconds) seconds.
        KillSignal=SIGTERM
        KillMode=mixed
        TimeoutStopSec=\(Self.stopSeconds)
        # Every leg of a call is a socket.
        LimitNOFILE=65536
        # The system library runs some of its threads at nice -2, and complains to the log when it may not.
        LimitNICE=-2
        UMask=0077

        NoNewPrivileges=yes
        CapabilityBoundingSet=
        AmbientCapabilities=
        ProtectSystem=strict
        ProtectHome=yes
        PrivateTmp=yes
        PrivateDevices=yes
        ProtectClock=yes
        ProtectControlGroups=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectProc=invisible
        RemoveIPC=yes
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
        RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged
        SystemCallErrorNumber=EPERM

        [Install]
        WantedBy=multi-user.target

        """
    }

    /// Writes the unit, a configuration if there is none, and makes the user.
    ///
    /// - Returns: what was done, in sentences.
    /// - Throws: `Problem` naming what is missing.
    package func install() async throws -> [String] {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw Problem(
                .notFound, "There is no program \(program). Unpack Hotline there, or give --prefix.",
                details: ["field": "prefix"])
        }
        guard let sample = Resources.find("config/hotline.sample.toml"),
            let defaults = FileManager.default.contents(atPath: sample)
        else {
            throw Problem(
                .notFound, "There is no config/hotline.sample.toml beside the program; unpack it again.")
        }
        var done: [String] = []
        if try await ProgramCall("getent", ["passwd", Self.user], patience: 30).answer().status != 0 {
            let made = try await ProgramCall(
                "useradd",
                [
                    "--system", "--user-group", "--home-dir", Self.state, "--shell",
                    "/usr/sbin/nologin", Self.user,
                ],
                patience: 30
            ).answer()
            guard made.status == 0 else {
                throw Problem(
                    .forbidden, "The user \(Self.user) cannot be made: \(made.lastComplaint). Be root.")
            }
            done.append("made the user \(Self.user)")
        }
        // systemd makes it too, but `hotline init` comes before the first start.
        let state = try await ProgramCall(
            "install", ["-d", "-o", Self.user, "-g", Self.user, "-m", "0700", Self.state], patience: 30
        ).answer()
        guard state.status == 0 else {
            throw Problem(.forbidden, "\(Self.state) cannot be made: \(state.lastComplaint). Be root.")
        }
        if !FileManager.default.fileExists(atPath: configuration) {
            try DurableFiles.makeFolder((configuration as NSString).deletingLastPathComponent)
            let text = String(decoding: defaults, as: UTF8.self).replacing(
                "directory = \"data\"", with: "directory = \"\(Self.state)\"", maxReplacements: 1)
            try DurableFiles.write(Data(text.utf8), to: configuration)
            // It may come to hold a password of the database: for root and the program alone.
            _ = try await ProgramCall("chgrp", [Self.user, configuration], patience: 30).answer()
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: configuration)
            done.append("wrote \(configuration)")
        }
        try DurableFiles.write(Data(text.utf8), to: Self.place)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: Self.place)
        done.append("wrote \(Self.place)")
        return done
    }
}
