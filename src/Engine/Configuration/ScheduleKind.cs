namespace HiEndMae.Engine.Configuration;

/// <summary>How the learning rate falls after the warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>Half a cosine, a new rate every step.</summary>
    Cosine,

    /// <summary>Half a cosine, a new rate every epoch, as the official fine-tuning code has it: the first epoch's rate is 0.</summary>
    CosineByEpoch,

    /// <summary>A power of what is left, a new rate every step.</summary>
    Polynomial,

    /// <summary>No fall.</summary>
    Constant,
}
