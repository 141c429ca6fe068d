import Foundation
import Kernel
import Routing
import Sheets
import Speech
import Storage
import Web

/// The inventory of the platform's components with their health (mission N17): access equipment, CTI server, speech,
/// IVR, recording, database, application server. Each is looked at when somebody asks; nothing is remembered.
struct ComponentRoutes: Sendable {
    struct Component: Codable, Sendable {
        /// `access`, `cti`, `tts`, `ivr`, `recording`, `database` or `application`.
        var key: String
        /// Language -> name.
        var names: [String: String]
        /// `ok`, `impaired` (works, somebody should look) or `failed`.
        var state: String
        /// What is the matter or how much there is, in English.
        var detail: String

        private static let states = SheetWords([
            "ok": ("正常", "OK"), "impaired": ("降级", "Impaired"), "failed": ("故障", "Failed"),
        ])
        /// What a file shows of a component.
        static let columns: [SheetColumn<Component>] = [
            .text("标识", "Key") { $0.key },
            SheetColumn("名称", "Name") { .text($1.name($0.names)) },
            .word("状态", "State", states) { $0.state },
            .text("明细", "Details") { $0.detail },
        ]
    }

    let routing: RoutingFeature
    let database: any Database
    let speech: PromptCache
    let disk: DiskWatch
    let startedAt: Timestamp
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        routes.get("/api/v1/components", permission: "live.read") { request, _, _ in
            try await request.list("components", Component.columns, items: await components())
        }
    }

    private func components() async -> [Component] {
        let condition = await routing.condition()
        let health = await database.health()
        return [
            Component(
                key: "access", names: ["zh-CN": "接入设备", "en": "Access"],
                state: condition.freeAudioPorts > 0 ? "ok" : "failed",
                detail: "SIP on port \(routing.sipPort), \(condition.freeAudioPorts) audio ports free"),
            Component(
                key: "cti", names: ["zh-CN": "CTI服务器", "en": "CTI server"],
                state: condition.takesCalls ? "ok" : "failed",
                detail: condition.takesCalls
                    ? "\(condition.calls) calls"
                    : "New calls are refused until the store can be written and the disk has room"),
            await synthesis(),
            Component(
                key: "ivr", names: ["zh-CN": "IVR设备", "en": "IVR"],
                state: condition.flows == condition.flowsNamed ? "ok" : "failed",
                detail: "\(condition.flows) of \(condition.flowsNamed) flows published"),
            await recording(),
            Component(
                key: "database", names: ["zh-CN": "数据库", "en": "Database"],
                state: health.isReachable ? "ok" : "failed",
                detail: health.complaint ?? "\(health.commits) commits, \(health.waitingWrites) writes wait"),
            Component(
                key: "application", names: ["zh-CN": "应用服务器", "en": "Application server"], state: "ok",
                detail: "Up for \((now() - startedAt).milliseconds / 1_000) s"),
        ]
    }

    /// Speaks one digit, which is on disk after the first time; a missing program shows when it is not.
    private func synthesis() async -> Component {
        var component = Component(
            key: "tts", names: ["zh-CN": "TTS设备", "en": "Speech synthesis"], state: "ok", detail: "It speaks")
        do { _ = try await speech.path(text: "1", language: "zh-CN") } catch {
            component.state = "failed"
            component.detail = (error as? Problem)?.message ?? "It does not speak"
        }
        return component
    }

    private func recording() async -> Component {
        var component = Component(
            key: "recording", names: ["zh-CN": "录音", "en": "Recording"], state: "ok", detail: "")
        let (free, state) = (await disk.free, await disk.state)
        guard let free else {
            component.state = "failed"
            component.detail = "The data directory cannot be looked at"
            return component
        }
        component.detail = "\(free / 1_048_576) MiB free"
        if state <= .scarce {
            component.state = "failed"
            component.detail += "; nothing is recorded until there is room"
        } else if state == .low {
            component.state = "impaired"
            component.detail += "; make room"
        }
        return component
    }
}
