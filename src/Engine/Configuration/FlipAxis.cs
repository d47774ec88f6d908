using HiEndMae.Engine.Inference;

namespace HiEndMae.Engine.Configuration;

/// <summary>An axis of the model's grid.</summary>
public enum FlipAxis
{
    /// <summary>Left and right change places.</summary>
    X,

    /// <summary>Back and front change places.</summary>
    Y,

    /// <summary>Feet and head change places.</summary>
    Z,
}
