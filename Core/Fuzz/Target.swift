/// The check that this process runs; the name of the program says which: `fuzz-message`.
nonisolated(unsafe) private var check: ([UInt8]) -> String? = { _ in "no such target" }

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
    guard let program = arguments.pointee.pointee else { return 0 }
    let name = String(cString: program).split(separator: "-").last.map(String.init) ?? ""
    if let target = FuzzChecks.targets.first(where: { $0.name == name }) { check = target.check }
    return 0
}

/// What the fuzzer calls with each input it makes up; a complaint stops the program, and the input is kept.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    if let complaint = check([UInt8](UnsafeBufferPointer(start: bytes, count: count))) {
        preconditionFailure(complaint)
    }
    return 0
}
