using System.Text.Json.Nodes;

namespace HiEndMae.Engine.Training;

/// <summary>A part of the loop that is not the loop: looks at each step, may end or interrupt the training, and remembers what a checkpoint must keep.</summary>
public abstract class TrainingCallback
{
    /// <summary>Name of its state in checkpoints.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>What a checkpoint must keep; null for nothing.</summary>
    public virtual JsonObject? Save() => null;

    /// <summary>Goes on from what <see cref="Save"/> gave.</summary>
    public virtual void Load(JsonObject state)
    {
    }

    /// <summary>Before the first step of this process, after a checkpoint was restored.</summary>
    public virtual void Started(TrainingRun run, CancellationToken cancel)
    {
    }

    /// <summary>After each step, before its checkpoint.</summary>
    public virtual void StepDone(TrainingRun run, in StepReport step, CancellationToken cancel)
    {
    }

    /// <summary>A checkpoint that was wanted could not be written.</summary>
    public virtual void CheckpointFailed(TrainingRun run)
    {
    }

    /// <summary>After the last step and its checkpoint.</summary>
    public virtual void Ended(TrainingRun run)
    {
    }
}
