extension Mutant {
    static let tables = [
        Mutant(
            "counts-by-utc-day", .projection, "feeds are counted by the day of UTC",
            by: Oracles.tables, "feeds by day", within: 40,
            Minimum(
                "registration in Pacific/Auckland, 25 g a bowl", "SINGLE at 2024-04-06T11:00:00Z",
                because:
                    "a zone other than UTC takes a registration, and a press when the days differ"
            ), part: TablesPart(days: DayTable<DaysOfUTC>.self)),
        Mutant(
            "days-have-24-hours", .projection, "the offset at midnight is taken for the whole day",
            by: Oracles.tables, "feeds by day", within: 200,
            Minimum(
                "registration in Pacific/Auckland, 25 g a bowl", "SINGLE at 2024-04-07T11:00:00Z",
                because: "a zone whose clocks go back, and a press in the 25th hour of that day"),
            part: TablesPart(days: DayTable<DaysOfTwentyFourHours>.self)),
        Mutant(
            "books-on-the-skipped-day", .projection,
            "after a day that a zone skipped, feeds are booked for that day",
            by: Oracles.tables, "feeds by day", within: 100,
            Minimum(
                "registration in Pacific/Apia, 25 g a bowl", "SINGLE at 2011-12-30T10:00:00Z",
                because: "the zone that skipped a day, and a press in the day after it"),
            part: TablesPart(days: DayTable<DaysWithoutSkip>.self)),
        Mutant(
            "long-fills-one-bowl", .projection, "LONG is counted for the left bowl alone",
            by: Oracles.tables, "grams by bowl", within: 20,
            Minimum("LONG at 2024-04-06T11:00:00Z", because: "one LONG"),
            part: TablesPart(bowls: BowlTable<LongFillsOne>.self)),
        Mutant(
            "takes-the-latest-portion", .projection,
            "grams are those of the latest registration, not of the one at the press",
            by: Oracles.tables, "grams by bowl", within: 60,
            Minimum(
                "registration in Pacific/Auckland, 25 g a bowl", "SINGLE at 2024-04-06T11:00:00Z",
                "registration in Pacific/Auckland, 30 g a bowl",
                because: "a press between two registrations of the same feeder with other portions"),
            part: TablesPart(bowls: BowlTable<LatestPortion>.self)),
    ]
}
