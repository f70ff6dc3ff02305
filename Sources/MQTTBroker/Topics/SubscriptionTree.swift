/// Who subscribed to what: a tree over the levels of the filters.
///
///     root ─ "a" ─ "b" [exact: filter a/b]
///              └── +   [hash: filter a/+/#]
///
/// A topic is walked level by level, all branches that still match at once: each node is visited
/// at most once, nothing recurses, and a hostile filter of 30,000 levels costs 30,000 small nodes.
/// Levels are interned, so that a step down is one look-up of two integers.
struct SubscriptionTree: Sendable {
    struct Subscriber: Sendable, Equatable {
        var session: Int
        var qos: QoS
        /// UTF-8; lists are kept in its order.
        var clientID: [UInt8]
    }

    private struct Edge: Hashable {
        var parent: Int32
        var level: Int32
    }

    private struct Node {
        var parent: Int32 = -1
        /// Its level; `plusLevel` for `+`.
        var level: Int32 = -1
        var children: Int32 = 0
        /// Filters that end here.
        var exact: [Subscriber] = []
        /// Filters that end with `#` below here.
        var hash: [Subscriber] = []
    }

    private static let plusLevel: Int32 = -2

    private var nodes = [Node()]
    private var freeNodes: [Int32] = []
    private var edges: [Edge: Int32] = [:]
    private var levels: [[UInt8]: Int32] = [:]
    private var levelTexts: [[UInt8]] = []
    private var levelUses: [Int] = []
    private var freeLevels: [Int32] = []

    /// How many nodes there are, the root included.
    var nodeCount: Int { nodes.count - freeNodes.count }

    /// Adds a subscription, or gives it another QoS.
    mutating func insert(_ filter: TopicFilter, qos: QoS, of session: Int, clientID: [UInt8]) {
        var node: Int32 = 0
        let (path, endsWithHash) = SubscriptionTree.path(of: filter)
        for level in path { node = child(of: node, at: level) }
        let subscriber = Subscriber(session: session, qos: qos, clientID: clientID)
        if endsWithHash {
            SubscriptionTree.put(subscriber, into: &nodes[Int(node)].hash)
        } else {
            SubscriptionTree.put(subscriber, into: &nodes[Int(node)].exact)
        }
    }

    /// Takes a subscription away; nothing happens where there is none.
    mutating func remove(_ filter: TopicFilter, of session: Int) {
        var node: Int32 = 0
        let (path, endsWithHash) = SubscriptionTree.path(of: filter)
        for level in path {
            guard let id = number(of: level), let next = edges[Edge(parent: node, level: id)] else {
                return
            }
            node = next
        }
        if endsWithHash {
            nodes[Int(node)].hash.removeAll { $0.session == session }
        } else {
            nodes[Int(node)].exact.removeAll { $0.session == session }
        }
        prune(node)
    }

    /// One entry a session, with the highest QoS of its filters that match, in the order of the
    /// client ids' bytes.
    func subscribers(of topic: TopicName, hashTakesParent: Bool) -> [Subscriber] {
        var found: [Subscriber] = []
        var lists = 0
        func collect(_ list: [Subscriber]) {
            guard !list.isEmpty else { return }
            lists += 1
            found += list
        }
        let path = topic.bytes.split(separator: TopicSyntax.slash, omittingEmptySubsequences: false)
        // Wildcards at the front take no topic that begins with $ (4.7.2-1).
        let isHidden = topic.bytes.first == TopicSyntax.dollar
        var front: [Int32] = [0]
        if !isHidden { collect(nodes[0].hash) }
        for (depth, level) in path.enumerated() {
            let id = levels.isEmpty ? nil : levels[Array(level)]
            let isLast = depth == path.count - 1
            var next: [Int32] = []
            for node in front {
                if let id, let child = edges[Edge(parent: node, level: id)] { next.append(child) }
                let plus = Edge(parent: node, level: SubscriptionTree.plusLevel)
                if !(isHidden && depth == 0), let child = edges[plus] { next.append(child) }
            }
            for child in next {
                if isLast { collect(nodes[Int(child)].exact) }
                if !isLast || hashTakesParent { collect(nodes[Int(child)].hash) }
            }
            front = next
            if front.isEmpty { break }
        }
        return lists > 1 ? SubscriptionTree.merged(found) : found
    }

    private static func merged(_ found: [Subscriber]) -> [Subscriber] {
        var merged: [Subscriber] = []
        for subscriber in found.sorted(by: { $0.clientID.lexicographicallyPrecedes($1.clientID) }) {
            if let last = merged.indices.last, merged[last].session == subscriber.session {
                merged[last].qos = max(merged[last].qos, subscriber.qos)
            } else {
                merged.append(subscriber)
            }
        }
        return merged
    }

    // MARK: Nodes

    /// The levels, without the `#` at the end.
    private static func path(of filter: TopicFilter) -> ([ArraySlice<UInt8>], Bool) {
        var path = filter.bytes.split(
            separator: TopicSyntax.slash, omittingEmptySubsequences: false)
        guard path.last?.elementsEqual([TopicSyntax.hash]) == true else { return (path, false) }
        path.removeLast()
        return (path, true)
    }

    private static func put(_ subscriber: Subscriber, into list: inout [Subscriber]) {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle].clientID.lexicographicallyPrecedes(subscriber.clientID) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        if low < list.count, list[low].session == subscriber.session {
            list[low] = subscriber
        } else {
            list.insert(subscriber, at: low)
        }
    }

    private func number(of level: ArraySlice<UInt8>) -> Int32? {
        level.elementsEqual([TopicSyntax.plus]) ? SubscriptionTree.plusLevel : levels[Array(level)]
    }

    private mutating func child(of parent: Int32, at level: ArraySlice<UInt8>) -> Int32 {
        let id = number(of: level) ?? addLevel(Array(level))
        let edge = Edge(parent: parent, level: id)
        if let node = edges[edge] { return node }
        let node = freeNodes.popLast() ?? Int32(truncatingIfNeeded: nodes.count)
        if Int(node) == nodes.count { nodes.append(Node()) }
        nodes[Int(node)] = Node(parent: parent, level: id)
        nodes[Int(parent)].children += 1
        if id >= 0 { levelUses[Int(id)] += 1 }
        edges[edge] = node
        return node
    }

    private mutating func addLevel(_ text: [UInt8]) -> Int32 {
        let id = freeLevels.popLast() ?? Int32(truncatingIfNeeded: levelTexts.count)
        if Int(id) == levelTexts.count {
            levelTexts.append([])
            levelUses.append(0)
        }
        levelTexts[Int(id)] = text
        levels[text] = id
        return id
    }

    /// Forgets nodes that hold nothing, from here up.
    private mutating func prune(_ start: Int32) {
        var place = start
        while place != 0 {
            let node = nodes[Int(place)]
            guard node.children == 0, node.exact.isEmpty, node.hash.isEmpty else { return }
            edges[Edge(parent: node.parent, level: node.level)] = nil
            nodes[Int(place)] = Node()
            freeNodes.append(place)
            nodes[Int(node.parent)].children -= 1
            if node.level >= 0 {
                levelUses[Int(node.level)] -= 1
                if levelUses[Int(node.level)] == 0 {
                    levels[levelTexts[Int(node.level)]] = nil
                    levelTexts[Int(node.level)] = []
                    freeLevels.append(node.level)
                }
            }
            place = node.parent
        }
    }
}
