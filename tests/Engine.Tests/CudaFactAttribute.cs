using System.Runtime.CompilerServices;
using TorchSharp;

namespace HiEndMae.Engine.Tests;

/// <summary>A test that needs a GPU and a build with -p:Cuda=true; skipped with a reason elsewhere.</summary>
public sealed class CudaFactAttribute : FactAttribute
{
    /// <summary>Looks for a GPU.</summary>
    public CudaFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1) : base(sourceFilePath, sourceLineNumber)
    {
        if (!torch.cuda.is_available()) Skip = "No GPU, or no build with -p:Cuda=true.";
    }
}
