namespace HiEndMae.Engine.Optimisation;

/// <summary>Constants of stochastic gradient descent.</summary>
/// <param name="Momentum">Decay of the moment; 0 for none.</param>
/// <param name="Nesterov">Whether the step looks ahead by the momentum.</param>
public sealed record SgdOptions(double Momentum, bool Nesterov);
