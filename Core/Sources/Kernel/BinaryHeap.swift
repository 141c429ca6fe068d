/// A heap whose least element comes out first. Equal elements come out in no particular order, so an element that
/// takes part in a decision ends with an id as its last field.
public struct BinaryHeap<Element: Comparable> {
    @usableFromInline var elements: [Element] = []

    /// A heap without elements.
    @inlinable public init() {}
    /// How many elements there are.
    @inlinable public var count: Int { elements.count }
    /// Whether there are none.
    @inlinable public var isEmpty: Bool { elements.isEmpty }
    /// The least element.
    @inlinable public var first: Element? { elements.first }

    /// Puts an element in; O(log n).
    @inlinable public mutating func insert(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard elements[child] < elements[parent] else { return }
            elements.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the least element out; O(log n).
    @inlinable public mutating func popFirst() -> Element? {
        guard let least = elements.first else { return nil }
        let last = elements.removeLast()
        if !elements.isEmpty {
            elements[0] = last
            sink()
        }
        return least
    }

    @inlinable mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < elements.count, elements[left] < elements[least] { least = left }
            if left + 1 < elements.count, elements[left + 1] < elements[least] { least = left + 1 }
            guard least != parent else { return }
            elements.swapAt(parent, least)
            parent = least
        }
    }

    /// Takes everything out, and keeps the storage if asked to.
    @inlinable public mutating func removeAll(keepingCapacity: Bool = false) {
        elements.removeAll(keepingCapacity: keepingCapacity)
    }
}

extension BinaryHeap: Sendable where Element: Sendable {}
