using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Receives the outputs of sliding windows, plane by plane along x, as soon as no window will change them any more.</summary>
internal interface IPlaneReceiver
{
    /// <summary>Returns the largest number of planes that the receiver keeps waiting while it needs further ones.</summary>
    /// <param name="outputs">K.</param>
    int MostKept(int outputs);

    /// <summary>Takes finished planes. Each call begins with the planes that the one before did not release.</summary>
    /// <param name="first">Index along x of the first plane.</param>
    /// <param name="planes">[1, K, planes, Y, Z], valid during the call.</param>
    /// <returns>Number of planes at the front that are not needed any more.</returns>
    int Take(int first, Tensor planes);
}
