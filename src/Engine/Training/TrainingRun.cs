using HiEndMae.Engine.Optimisation;
using TorchSharp;

namespace HiEndMae.Engine.Training;

/// <summary>A training under way: what the loop and its callbacks share.</summary>
public sealed class TrainingRun(IObjective objective, IOptimizer optimizer, TrainerOptions options, IStageLogger logger, TimeProvider clock)
{
    /// <summary>What is minimised.</summary>
    public IObjective Objective { get; } = objective;

    /// <summary>The optimiser, with its moments and averages.</summary>
    public IOptimizer Optimizer { get; } = optimizer;

    /// <summary>Length and intervals.</summary>
    public TrainerOptions Options { get; } = options;

    /// <summary>Where values and sentences go.</summary>
    public IStageLogger Logger { get; } = logger;

    /// <summary>Where the time goes.</summary>
    public StepClock Clock { get; } = new(clock);

    /// <summary>Steps done.</summary>
    public int Step { get; internal set; }

    /// <summary>Folder of the newest checkpoint.</summary>
    public string? LastCheckpoint { get; internal set; }

    /// <summary>Step of the best checkpoint, where one is chosen.</summary>
    public int? BestStep { get; set; }

    /// <summary>Why the training ends before its last step; null where it does not.</summary>
    public string? EndReason { get; internal set; }

    /// <summary>Why this process is to stop; the training goes on later.</summary>
    public OperationCanceledException? Interruption { get; private set; }

    /// <summary>Whether a checkpoint of this step is wanted beside the regular ones.</summary>
    public bool WantsCheckpoint { get; set; }

    /// <summary>Whether there is nothing left to do.</summary>
    public bool IsDone { get; internal set; }

    /// <summary>Ends the training well, at this step.</summary>
    public void End(string reason)
    {
        EndReason = reason;
        IsDone = true;
        Logger.Note(reason);
    }

    /// <summary>Stops this process after a checkpoint.</summary>
    public void Interrupt(OperationCanceledException reason) => Interruption ??= reason;

    /// <summary>Does something with the model as it will be used: its averaged weights where there are any, no dropout.</summary>
    public T WithFinalWeights<T>(Func<T> use)
    {
        ArgumentNullException.ThrowIfNull(use);
        bool averaged = Optimizer.Averages.Count > 0;
        (torch.nn.Module Module, bool Training)[] modes = [.. Objective.Modules.Values.SelectMany(module => module.modules().Prepend(module)).Select(module => (module, module.training))];
        if (averaged) Optimizer.SwapAverages();
        foreach (torch.nn.Module module in Objective.Modules.Values) module.eval();
        try
        {
            return use();
        }
        finally
        {
            foreach ((torch.nn.Module module, bool training) in modes) module.train(training);
            if (averaged) Optimizer.SwapAverages();
        }
    }
}
