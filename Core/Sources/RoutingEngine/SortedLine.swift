/// An ordered set in short sorted chunks: first, insert, remove and rank without ever touching all elements.
///
/// With n elements in chunks of at most 64, a search is O(log n), an insertion or removal moves at most one chunk
/// plus the table of chunks (n / 32 words), and a rank adds up at most n / 16 small numbers: well below a
/// microsecond at 10,000. A balanced tree would have the better exponent and the worse constant.
struct SortedLine<Element: Comparable & Sendable>: Sendable {
    private static var mostInChunk: Int { 64 }

    private var chunks: [[Element]] = []
    /// The length of each chunk, side by side so that a rank reads one array.
    private var lengths: [Int] = []
    private(set) var count = 0

    init() {}

    /// Takes elements that are already in ascending order.
    init(ascending elements: [Element]) {
        for start in stride(from: 0, to: elements.count, by: Self.mostInChunk) {
            let chunk = Array(elements[start..<min(start + Self.mostInChunk, elements.count)])
            chunks.append(chunk)
            lengths.append(chunk.count)
        }
        count = elements.count
    }

    var isEmpty: Bool { count == 0 }
    var first: Element? { count == 0 ? nil : chunks[0].first }

    /// All elements in ascending order.
    var elements: [Element] { chunks.flatMap { $0 } }

    /// Inserts an element that is not in the line.
    mutating func insert(_ element: Element) {
        count += 1
        guard !chunks.isEmpty else {
            chunks.append([element])
            lengths.append(1)
            return
        }
        let chunk = min(chunkIndex(for: element), chunks.count - 1)
        chunks[chunk].insert(element, at: Self.place(of: element, in: chunks[chunk]))
        lengths[chunk] += 1
        if lengths[chunk] > Self.mostInChunk { split(chunk) }
    }

    /// Removes the element; `false` when it is not in the line.
    @discardableResult mutating func remove(_ element: Element) -> Bool {
        let chunk = chunkIndex(for: element)
        guard chunk < chunks.count else { return false }
        let place = Self.place(of: element, in: chunks[chunk])
        guard place < lengths[chunk], chunks[chunk][place] == element else { return false }
        chunks[chunk].remove(at: place)
        lengths[chunk] -= 1
        count -= 1
        join(chunk)
        return true
    }

    func contains(_ element: Element) -> Bool {
        let chunk = chunkIndex(for: element)
        guard chunk < chunks.count else { return false }
        let place = Self.place(of: element, in: chunks[chunk])
        return place < lengths[chunk] && chunks[chunk][place] == element
    }

    /// How many elements come before this one, which need not be in the line.
    func rank(of element: Element) -> Int {
        let chunk = chunkIndex(for: element)
        var before = 0
        for index in 0..<min(chunk, lengths.count) { before += lengths[index] }
        return chunk < chunks.count ? before + Self.place(of: element, in: chunks[chunk]) : before
    }

    /// The first chunk whose last element is not before `element`; the number of chunks when there is none.
    private func chunkIndex(for element: Element) -> Int {
        var low = 0
        var high = chunks.count
        while low < high {
            let middle = (low + high) / 2
            if let last = chunks[middle].last, last >= element { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private static func place(of element: Element, in chunk: [Element]) -> Int {
        var low = 0
        var high = chunk.count
        while low < high {
            let middle = (low + high) / 2
            if chunk[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func split(_ chunk: Int) {
        let half = lengths[chunk] / 2
        let tail = Array(chunks[chunk][half...])
        chunks[chunk].removeSubrange(half...)
        lengths[chunk] = half
        chunks.insert(tail, at: chunk + 1)
        lengths.insert(tail.count, at: chunk + 1)
    }

    /// Keeps chunks from becoming many and tiny; a single empty chunk keeps its memory for the next element.
    private mutating func join(_ chunk: Int) {
        guard chunks.count > 1 else { return }
        if lengths[chunk] == 0 {
            chunks.remove(at: chunk)
            lengths.remove(at: chunk)
            return
        }
        let left = chunk + 1 < chunks.count ? chunk : chunk - 1
        guard lengths[left] + lengths[left + 1] <= Self.mostInChunk / 2 else { return }
        let right = chunks.remove(at: left + 1)
        chunks[left].append(contentsOf: right)
        lengths[left] += lengths.remove(at: left + 1)
    }
}
