/// Runs virtual days of a centre: `simulate --seed N` repeats any run.
@main enum Simulate {
    static func main() {}
}
