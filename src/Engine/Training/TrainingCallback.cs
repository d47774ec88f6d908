using System.Text.Json.Nodes;

namespace HiEndMae.Engine.Training;

/// <summary>Is called at each step of a training. It may end or interrupt the training, and has state that checkpoints keep.</summary>
public abstract class TrainingCallback
{
    /// <summary>Name of the state in checkpoints.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>The state to keep in a checkpoint; null for none.</summary>
    public virtual JsonObject? Save() => null;

    /// <summary>Restores the state that <see cref="Save"/> returned.</summary>
    public virtual void Load(JsonObject state)
    {
    }

    /// <summary>Called before the first step of this process, after a checkpoint was restored.</summary>
    public virtual void Started(TrainingRun run, CancellationToken cancel)
    {
    }

    /// <summary>Called after each step, before its checkpoint.</summary>
    public virtual void StepDone(TrainingRun run, in StepReport step, CancellationToken cancel)
    {
    }

    /// <summary>Called when a checkpoint could not be written.</summary>
    public virtual void CheckpointFailed(TrainingRun run)
    {
    }

    /// <summary>Called after the last step and its checkpoint.</summary>
    public virtual void Ended(TrainingRun run)
    {
    }

    /// <summary>Adds what this callback counted to the result of the training.</summary>
    public virtual TrainResult AddTo(TrainResult result) => result;
}
