namespace HiEndMae.Engine.Training;

/// <summary>Phases of a training.</summary>
public enum StepPhase
{
    /// <summary>Waiting for batches.</summary>
    DataWait,

    /// <summary>Forward pass and loss.</summary>
    Forward,

    /// <summary>Backward pass. On GPU, where the forward pass runs asynchronously, it includes the rest of the forward pass.</summary>
    Backward,

    /// <summary>Adding the gradients of all ranks, waiting for the slowest one included.</summary>
    Exchange,

    /// <summary>Gradient norm and update.</summary>
    Optimizer,

    /// <summary>Logging and other small work between steps.</summary>
    Logging,

    /// <summary>Checkpoints.</summary>
    Checkpoint,

    /// <summary>Validation.</summary>
    Validation,

    /// <summary>Pictures.</summary>
    Figures,
}
