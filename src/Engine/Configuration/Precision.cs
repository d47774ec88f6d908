namespace HiEndMae.Engine.Configuration;

/// <summary>Numbers that linear maps, convolutions and attention are computed in; weights, norms, losses and updates are float32 always.</summary>
public enum Precision
{
    /// <summary>32 bits throughout.</summary>
    Float32,

    /// <summary>8 bits of exponent as float32, 8 of significand.</summary>
    Bfloat16,

    /// <summary>5 bits of exponent, 11 of significand; losses are scaled so that small gradients survive.</summary>
    Float16,
}
