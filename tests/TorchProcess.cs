using System.Runtime.CompilerServices;
using HiEndMae.Engine.Numerics;
using HiEndMae.TorchRepairs;

/// <summary>What the program does before libtorch is loaded, for tests in whose process libtorch runs.</summary>
internal static class TorchProcess
{
    [ModuleInitializer]
    internal static void Start() => ThreadWaiting.Limit(Environment.GetEnvironmentVariable);
}
