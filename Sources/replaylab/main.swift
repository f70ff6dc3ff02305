import LabCommands

await ReplayLab.run()
