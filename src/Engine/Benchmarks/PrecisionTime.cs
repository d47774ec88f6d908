using HiEndMae.Engine.Configuration;

namespace HiEndMae.Engine.Benchmarks;

/// <summary>Time of a forward and a backward pass in a precision.</summary>
/// <param name="Precision">The precision.</param>
/// <param name="Seconds">Seconds of the fastest measured pass.</param>
public readonly record struct PrecisionTime(Precision Precision, double Seconds);
