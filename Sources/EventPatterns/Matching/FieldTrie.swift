/// The fields that rules read, as a trie over the names on the way to them.
///
/// A name with dots is as many steps: `{"a.b":1}` and `{"a":{"b":1}}` are the same field, in a
/// pattern and in an event.
struct FieldTrie: Sendable {
    private struct Node: Sendable {
        /// The number of the field that ends here; -1 where none does.
        var field: Int32 = -1
        /// Which lengths the names of the children have; the highest bit stands for all longer ones.
        var lengths: UInt64 = 0
    }

    private var nodes = [Node()]
    /// A node's children: the group is the node, the key's number is the child's minus one.
    private var names = ByteTable()

    /// Adds a path, its names joined with dots.
    mutating func insert(_ path: [UInt8], field: Int) {
        var node = 0
        for name in path.split(separator: 0x2E, omittingEmptySubsequences: false) {
            nodes[node].lengths |= FieldTrie.bit(name.count)
            let child = names.insert(Array(name), group: node) + 1
            if child == nodes.count { nodes.append(Node()) }
            node = child
        }
        nodes[node].field = Int32(field)
    }

    /// The number of the field that ends at a node; -1 where none does.
    @inline(__always)
    func field(of node: Int) -> Int { Int(nodes[node].field) }

    /// The node that a name leads to; -1 where no rule goes that way.
    @inline(__always)
    func child(of node: Int, _ name: UnsafeRawBufferPointer) -> Int {
        guard nodes[node].lengths & FieldTrie.bit(name.count) != 0 else { return -1 }
        let number = names.find(name, group: node)
        return number < 0 ? -1 : number + 1
    }

    @inline(__always)
    private static func bit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }
}
