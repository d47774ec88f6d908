using HiEndMae.Engine.Optimisation;
using TorchSharp;

namespace HiEndMae.Engine.Training;

/// <summary>The state of a running training, which the loop and its callbacks share.</summary>
public sealed class TrainingRun(IObjective objective, IOptimizer optimizer, TrainerOptions options, IStageLogger logger, TimeProvider clock)
{
    /// <summary>The objective to minimise.</summary>
    public IObjective Objective { get; } = objective;

    /// <summary>The optimiser, with its moments and averages.</summary>
    public IOptimizer Optimizer { get; } = optimizer;

    /// <summary>Length and intervals.</summary>
    public TrainerOptions Options { get; } = options;

    /// <summary>Receives values and messages.</summary>
    public IStageLogger Logger { get; } = logger;

    /// <summary>Measures the time of each phase.</summary>
    public StepClock Clock { get; } = new(clock);

    /// <summary>Steps done.</summary>
    public int Step { get; internal set; }

    /// <summary>Folder of the newest checkpoint.</summary>
    public string? LastCheckpoint { get; internal set; }

    /// <summary>Step of the best checkpoint; null if none is chosen.</summary>
    public int? BestStep { get; set; }

    /// <summary>Reason why the training ends before its last step; null if it does not.</summary>
    public string? EndReason { get; internal set; }

    /// <summary>Reason why this process must stop; null if it need not. The training can be resumed later.</summary>
    public OperationCanceledException? Interruption { get; private set; }

    /// <summary>Whether this step needs a checkpoint besides the regular ones.</summary>
    public bool WantsCheckpoint { get; set; }

    /// <summary>Whether the training is complete.</summary>
    public bool IsDone { get; internal set; }

    /// <summary>Completes the training at this step.</summary>
    public void End(string reason)
    {
        EndReason = reason;
        IsDone = true;
        Logger.Note(reason);
    }

    /// <summary>Stops this process after a checkpoint.</summary>
    public void Interrupt(OperationCanceledException reason) => Interruption ??= reason;

    /// <summary>Calls a function while the model is as it will be used: with averaged weights if there are any, and without dropout.</summary>
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
