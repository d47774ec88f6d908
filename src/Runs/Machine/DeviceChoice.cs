using HiEndMae.Configuration.Shared;
using HiEndMae.TorchRepairs.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Machine;

/// <summary>From "auto", "cpu", "cuda" or "cuda:N" to a device of this machine, made ready for work.</summary>
internal static class DeviceChoice
{
    /// <summary>Set to "libtorch" it leaves the memory of CPU tensors to libtorch's own allocator.</summary>
    public const string AllocatorVariable = "HIENDMAE_ALLOCATOR";

    /// <exception cref="UserException">The word is none of these, or the machine has no such GPU.</exception>
    public static Device Resolve(string word)
    {
        if (word == "cpu") return Prepared(CPU);
        if (word == "auto") return Prepared(cuda.is_available() ? CUDA : CPU);
        int index = 0;
        bool named = word == "cuda" || (word.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(word["cuda:".Length..], out index) && index >= 0);
        if (!named) throw new UserException($"There is no device '{word}'; allowed: auto, cpu, cuda, cuda:N.");
        if (!cuda.is_available()) throw new UserException($"Device '{word}' needs a GPU and a build with -p:Cuda=true; this program sees none. Use --device cpu.");
        if (index >= cuda.device_count()) throw new UserException($"Device '{word}' is not there: this machine has {cuda.device_count()} GPUs, counted from 0.");
        return Prepared(new Device(DeviceType.CUDA, index));
    }

    /// <summary>Where the memory of CPU tensors comes from, in a few words.</summary>
    public static string Allocator => TensorMemory.IsInstalled ? "arena" : "libtorch";

    private static Device Prepared(Device device)
    {
        // Whatever the reason that it cannot: slower, and right.
        if (Environment.GetEnvironmentVariable(AllocatorVariable) != "libtorch") _ = TensorMemory.Install();
        return device;
    }
}
