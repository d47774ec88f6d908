using System.Globalization;
using HiEndMae.Bench.Processes;

// Measures what several processes cost and gain. Build the program first: dotnet build -c Release src/Host. HIENDMAE_BENCH_PROGRAM names another build.
// dotnet run -c Release --project bench/Processes -- train [WIDTH] [STEPS] [ROUNDS]   2 processes against 1 process and against 2 independent runs; needs mpirun
// dotnet run -c Release --project bench/Processes -- tree [WIDTH] [STEPS] [ROUNDS]    the fixed summation tree in one process
// dotnet run -c Release --project bench/Processes -- sum [RANKS]                      a sum of gradients by size against memcpy; needs mpirun
// dotnet run -c Release --project bench/Processes -- job [ROUNDS]                     one stage as a process and as a job of SLURM; needs SLURM_CONF
// dotnet run -c Release --project bench/Processes -- sweep [STAGES] [local|slurm]     a sweep of tiny stages
return args switch
{
    ["train", ..] => TrainingRace.Run(Number(1, 768), Number(2, 8), Number(3, 2)),
    ["tree", ..] => TrainingRace.Tree(Number(1, 384), Number(2, 10), Number(3, 5)),
    ["sum", ..] => SumRace.Run(Number(1, 2)),
    ["sum-rank"] => SumRace.Rank(),
    ["job", ..] => JobOverhead.Run(Number(1, 3)),
    ["sweep", ..] => ManyStages.Run(Number(1, 100), args is [_, _, "slurm", ..]),
    _ => Usage(),
};

int Number(int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;

static int Usage()
{
    Console.Error.WriteLine("Choose a measurement: train, tree, sum, job or sweep. The first lines of bench/Processes/Program.cs describe them.");
    return 2;
}
