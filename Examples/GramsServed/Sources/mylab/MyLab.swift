import GramsServed
import LabCommands

@main struct MyLab {
    static func main() async {
        await ReplayLab.run(projections: [GramsServed.self], invariants: [SmallPortions.self])
    }
}
