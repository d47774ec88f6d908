namespace HiEndMae.Engine.Configuration;

/// <summary>Precision of linear layers, convolutions and attention. Weights, norms, losses and updates are always float32.</summary>
public enum Precision
{
    /// <summary>32 bits throughout.</summary>
    Float32,

    /// <summary>8 bits of exponent, as float32 has, and 8 of significand.</summary>
    Bfloat16,

    /// <summary>5 bits of exponent and 11 of significand. Losses are scaled, so that small gradients do not become zero.</summary>
    Float16,

    /// <summary>The fastest of those above that the device allows. It is measured once, before the first step of a stage.</summary>
    Auto,
}
