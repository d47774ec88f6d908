namespace HiEndMae.Nn;

/// <summary>Options of every block of a U-Net.</summary>
/// <param name="Norm">After each convolution.</param>
/// <param name="GroupSize">Channels of a group, for group norms.</param>
/// <param name="Slope">Slope of the leaky ReLU after each norm; 0 for a ReLU.</param>
/// <param name="KaimingInit">Whether initial weights of convolutions are normal with deviation sqrt(2 / inputs); otherwise PyTorch's.</param>
public readonly record struct UnetOptions(UnetNorm Norm, int GroupSize = 8, double Slope = 0, bool KaimingInit = false);
