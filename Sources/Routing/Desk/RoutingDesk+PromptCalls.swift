import Kernel

// Prompts that are spoken into a telephone: see `Switchboard+PromptCalls`.
extension RoutingDesk {
    /// Opens a code that a telephone dials to record a prompt.
    ///
    /// Throws `Problem(.exhausted)` when too many codes are open.
    func openPhoneCode(_ right: PhoneCodeRight) throws -> PhoneCode {
        var dice = SystemRandomNumberGenerator()
        guard let code = switchboard.phoneCodes.issue(right, at: clock.now(), using: &dice) else {
            throw Problem(
                .exhausted,
                "There are \(PhoneCodes.mostOpen) codes for telephones already; wait until some have ended.",
                details: ["reason": "tooManyCodes"])
        }
        return code
    }

    /// No telephone begins a recording any more; those that record go on.
    func closePhoneCodes() { switchboard.phoneCodes.closeAll() }

    /// Ends the recordings that still go on.
    func endPromptCalls() {
        for handle in switchboard.promptCalls.keys { switchboard.endPromptCall(handle) }
    }
}
