namespace HiEndMae.Engine.Training;

/// <summary>What a training spends its time on.</summary>
public enum StepPhase
{
    /// <summary>Waiting for batches.</summary>
    DataWait,

    /// <summary>Forward pass and loss.</summary>
    Forward,

    /// <summary>Backward pass; on GPU, where work goes on in the background, with the rest of the forward pass.</summary>
    Backward,

    /// <summary>Gradient norm and update.</summary>
    Optimizer,

    /// <summary>Logging and other small things between steps.</summary>
    Logging,

    /// <summary>Checkpoints.</summary>
    Checkpoint,

    /// <summary>Validation.</summary>
    Validation,

    /// <summary>Pictures.</summary>
    Figures,
}
