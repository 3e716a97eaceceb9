import RookeryCore
import Testing

struct LauncherTests {
  private func detect(_ environment: [String: String]) throws -> Launcher? {
    try Launcher.detect(in: { environment[$0] })
  }

  @Test func nothingIsNoLauncher() throws {
    #expect(try detect([:]) == nil)
    // An allocation, in which a program may run alone.
    #expect(try detect(["SLURM_NTASKS": "64", "SLURM_PROCID": "0", "SLURM_JOB_ID": "1"]) == nil)
    #expect(try detect(["SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0"]) == nil)
    #expect(try detect(["PMI_SIZE": "4"]) == nil)
  }

  @Test func launchers() throws {
    let openMPI = try #require(try detect(["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "2"]))
    #expect(openMPI.rank == 2 && openMPI.size == 4 && openMPI.isParallel)
    let pmi = try #require(try detect(["PMI_SIZE": "3", "PMI_RANK": "0"]))
    #expect(pmi.rank == 0 && pmi.size == 3)
    let srun = try #require(
      try detect(["PMIX_RANK": "1", "SLURM_STEP_NUM_TASKS": "8", "SLURM_PROCID": "1"]))
    #expect(srun.rank == 1 && srun.size == 8)
    let unknown = try #require(try detect(["PMIX_RANK": "0"]))
    #expect(unknown.size == nil && unknown.isParallel)
    let alone = try #require(try detect(["OMPI_COMM_WORLD_SIZE": "1", "OMPI_COMM_WORLD_RANK": "0"]))
    #expect(!alone.isParallel)
  }

  @Test func slurmStepWithoutPMIIsAnError() {
    #expect(throws: InputError.self) { try detect(["SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "3"]) }
  }

  @Test func quietRanks() {
    let first = ["SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "0"]
    let fourth = ["SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "3"]
    let second = ["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "1"]
    #expect(!Launcher.isQuietRank(in: { _ in nil }))
    #expect(!Launcher.isQuietRank(in: { first[$0] }))
    #expect(Launcher.isQuietRank(in: { fourth[$0] }))
    #expect(Launcher.isQuietRank(in: { second[$0] }))
  }

  @Test func localPoolsAreRefusedUnderALauncherOfSeveral() throws {
    let two = ["OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0"]
    #expect(throws: InputError.self) { try Launcher.refuseLocalPool("serial") { two[$0] } }
    let one = ["OMPI_COMM_WORLD_SIZE": "1", "OMPI_COMM_WORLD_RANK": "0"]
    try Launcher.refuseLocalPool("serial") { one[$0] }
  }
}
