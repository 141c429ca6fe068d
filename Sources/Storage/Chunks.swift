extension Array {
    /// Pieces of at most `size` elements, in order: a statement binds so many values and no more.
    package func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
