using HiEndMae.Engine.Inference;

namespace HiEndMae.Engine.Configuration;

/// <summary>Grid that predictions and truth are compared on.</summary>
public enum EvaluationGrid
{
    /// <summary>RAS+ and resampled, as the model sees the scan; what the official code scores.</summary>
    Model,

    /// <summary>The scan's own voxels: the prediction is brought back, the truth is as it was drawn.</summary>
    Original,
}
