/// The invariants that every command line has.
public let shippedInvariants: [any Invariant.Type] = [
    NoDoubleFeed.self, DailyLimit.self, FedEveryDay.self, PressHasOneEffect.self,
]
