namespace HiEndMae.Engine.Configuration;

/// <summary>Shape of the learning rate after the warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>Half a cosine. The rate changes every step.</summary>
    Cosine,

    /// <summary>Half a cosine, as in the official fine-tuning code. The rate changes every epoch, and that of the first epoch is 0.</summary>
    CosineByEpoch,

    /// <summary>A power of the remaining part of the training. The rate changes every step.</summary>
    Polynomial,

    /// <summary>A factor at equal intervals (PyTorch's StepLR), as Models Genesis and TransVW have it.</summary>
    Staircase,

    /// <summary>No decay.</summary>
    Constant,
}
