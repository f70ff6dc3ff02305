/// Who gets the messages of one topic, worked out once.
struct Route: Sendable {
    struct Target: Sendable {
        var session: Int
        var qos: QoS
        /// What the session's policies say; an absent client is asked when it comes back.
        var mayReceive: Bool
    }

    var topic: TopicName
    var targets: [Target]
    fileprivate var generation: UInt64 = 0

    init(topic: TopicName, targets: [Target]) {
        self.topic = topic
        self.targets = targets
    }

    /// Bytes of memory, about.
    fileprivate var cost: Int { 128 + topic.bytes.count + 24 * targets.count }
}

/// Routes of the topics that were published to, so that a message costs no walk and no allocation.
/// A route that was worked out before the last change of subscriptions or policies is not used.
struct RouteCache: Sendable {
    /// More memory than this is not kept, in bytes.
    private static let costLimit = 16 << 20

    private var routes: [Route] = []
    private var places: [TopicName: Int] = [:]
    private var cost = 0
    private var generation: UInt64 = 0

    /// Nothing found so far holds any more.
    mutating func invalidate() { generation &+= 1 }

    subscript(place: Int) -> Route { routes[place] }

    /// `hint`: where it may lie.
    @inline(__always) func find(_ topic: TopicName, hint: Int) -> Int? {
        if hint < routes.count, routes[hint].generation == generation, routes[hint].topic == topic {
            return hint
        }
        guard let place = places[topic], routes[place].generation == generation else { return nil }
        return place
    }

    /// Keeps a route and says where. Places found before do not hold any more.
    mutating func add(_ route: Route) -> Int {
        var route = route
        route.generation = generation
        if let place = places[route.topic] {
            cost += route.cost - routes[place].cost
            routes[place] = route
            return place
        }
        if cost + route.cost > RouteCache.costLimit {
            routes.removeAll(keepingCapacity: true)
            places.removeAll(keepingCapacity: true)
            cost = 0
        }
        cost += route.cost
        routes.append(route)
        places[route.topic] = routes.count - 1
        return routes.count - 1
    }
}
