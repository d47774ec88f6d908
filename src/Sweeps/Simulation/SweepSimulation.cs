using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Stages;

namespace HiEndMae.Sweeps.Simulation;

/// <summary>Simulates the unfinished stages of a sweep event by event, as SLURM would run them: in the order in which they become ready, one stage per GPU.</summary>
internal sealed class SweepSimulation
{
    private const int MaxEvents = 10_000_000;
    private readonly ClusterModel model;
    private readonly Random random;
    private readonly List<Job> waiting = [];
    private readonly List<Job> running = [];
    private readonly int[] free;
    private readonly double[] downUntil, nextFailure;
    private double now, lost, waited, longest;
    private int starts, failures, requeues;

    private SweepSimulation(ClusterModel model)
    {
        this.model = model;
        random = new Random(model.Seed);
        free = [.. Enumerable.Repeat(model.Gpus, model.Nodes)];
        downUntil = new double[model.Nodes];
        nextFailure = [.. Enumerable.Range(0, model.Nodes).Select(_ => Lifetime())];
    }

    /// <summary>Runs the simulation.</summary>
    /// <param name="model">The cluster.</param>
    /// <param name="estimate">The stages, with measured times if there are any.</param>
    /// <exception cref="UserException">A stage has neither a measured nor a given time, or the sweep does not end.</exception>
    public static SimulationResult Run(ClusterModel model, SweepEstimate estimate) => new SweepSimulation(model).Run(estimate);

    private SimulationResult Run(SweepEstimate estimate)
    {
        StageEstimate[] open = [.. estimate.Stages.Where(row => row.Status != StageStatus.Done)];
        Dictionary<string, Job> jobs = open.ToDictionary(row => row.Stage.Key, row => new Job(row.Stage, SecondsOf(row)), StringComparer.Ordinal);
        foreach (Job job in jobs.Values.Where(job => job.Stage.Before is not { } before || !jobs.ContainsKey(before.Key))) Enqueue(job);
        for (int events = 0; waiting.Count + running.Count > 0; events++)
        {
            if (events > MaxEvents)
                throw new UserException("--simulate: the sweep does not end, because failures come faster than checkpoints. Give a longer mtbf, or a shorter checkpoint or repair.");
            StartWhatFits();
            now = NextEvent();
            foreach (Job job in running.Where(job => job.End <= now).ToArray()) End(job, jobs.Values);
            for (int node = 0; node < free.Length; node++)
            {
                if (nextFailure[node] <= now) Fail(node);
            }
        }
        double work = jobs.Values.Sum(job => job.Work);
        return new SimulationResult(
            open.Length, TimeSpan.FromSeconds(now), TimeSpan.FromSeconds(work), TimeSpan.FromSeconds(lost), TimeSpan.FromSeconds(starts == 0 ? 0 : waited / starts), TimeSpan.FromSeconds(longest),
            failures, requeues, now > 0 ? (work + lost) / (now * model.Nodes * model.Gpus) : 0, model.Price > 0 ? (work + lost) / 3600 * model.Price : null, open.Count(row => row.Seconds is null));
    }

    private double SecondsOf(StageEstimate row)
    {
        double? seconds = row.Seconds / model.Speed ?? (model.StageTimes.TryGetValue(row.Stage.Kind, out TimeSpan given) ? given.TotalSeconds : null);
        return seconds ?? throw new UserException($"--simulate: the time of '{row.Stage.Label}' is unknown, because no {Stage.NameOf(row.Stage.Kind)} has finished here. Give a time, such as {Stage.NameOf(row.Stage.Kind)}=8h.");
    }

    private void Enqueue(Job job)
    {
        job.Ready = now;
        job.MayStart = now + model.Queue.TotalSeconds;
        waiting.Add(job);
    }

    private void StartWhatFits()
    {
        foreach (Job job in waiting.Where(job => job.MayStart <= now).OrderBy(job => job.Ready).ToArray())
        {
            int node = Array.FindIndex(free, 0, gpus => gpus > 0);
            while (node >= 0 && (free[node] == 0 || downUntil[node] > now)) node = node + 1 < free.Length ? Array.FindIndex(free, node + 1, gpus => gpus > 0) : -1;
            if (node < 0) return;
            waiting.Remove(job);
            free[node]--;
            (job.Node, job.Start) = (node, now);
            job.End = now + Math.Min(job.Work - job.Done, model.Limit?.TotalSeconds ?? double.MaxValue);
            running.Add(job);
            starts++;
            waited += now - job.Ready;
            longest = Math.Max(longest, now - job.Ready);
        }
    }

    private double NextEvent()
    {
        double next = double.MaxValue;
        foreach (Job job in running) next = Math.Min(next, job.End);
        foreach (double failure in nextFailure) next = Math.Min(next, failure);
        foreach (Job job in waiting.Where(job => job.MayStart > now)) next = Math.Min(next, job.MayStart);
        foreach (double repaired in downUntil.Where(time => time > now)) next = Math.Min(next, repaired);
        return next;
    }

    private void End(Job job, IEnumerable<Job> all)
    {
        running.Remove(job);
        free[job.Node]++;
        job.Done += now - job.Start;
        if (job.Work - job.Done > 1e-6)
        {
            requeues++;
            Enqueue(job);
            return;
        }
        foreach (Job next in all.Where(one => one.Stage.Before?.Key == job.Stage.Key)) Enqueue(next);
    }

    private void Fail(int node)
    {
        failures++;
        foreach (Job job in running.Where(job => job.Node == node).ToArray())
        {
            running.Remove(job);
            free[node]++;
            double elapsed = now - job.Start, saved = Math.Floor(elapsed / model.Checkpoint.TotalSeconds) * model.Checkpoint.TotalSeconds;
            lost += elapsed - saved;
            job.Done += saved;
            requeues++;
            Enqueue(job);
        }
        downUntil[node] = now + model.Repair.TotalSeconds;
        nextFailure[node] = downUntil[node] + Lifetime();
    }

    private double Lifetime() => model.MeanTimeBetweenFailures is { } mean ? -Math.Log(1 - random.NextDouble()) * mean.TotalSeconds : double.MaxValue;

    private sealed class Job(SweepStage stage, double work)
    {
        public SweepStage Stage { get; } = stage;

        public double Work { get; } = work;

        public double Done, Ready, MayStart, Start, End;

        public int Node;
    }
}
