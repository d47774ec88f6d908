using HiEndMae.Configuration.Shared;
using HiEndMae.TorchRepairs.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Machine;

/// <summary>Chooses the device of a command and prepares libtorch for it.</summary>
internal static class DeviceChoice
{
    /// <summary>The environment variable that, set to "libtorch", keeps libtorch's own allocator of CPU tensors.</summary>
    public const string AllocatorVariable = "HIENDMAE_ALLOCATOR";

    /// <summary>The allocator of CPU tensors: "arena" or "libtorch".</summary>
    public static string Allocator => TensorMemory.IsInstalled ? "arena" : "libtorch";

    /// <summary>Installs the allocator of CPU tensors for this process, and returns the device. Call it before the first tensor is created.</summary>
    /// <param name="word">auto, cpu, cuda or cuda:N.</param>
    /// <param name="getVariable">Returns environment variables.</param>
    /// <exception cref="UserException">The word is none of these, or the machine has no such GPU.</exception>
    public static Device Prepare(string word, Func<string, string?> getVariable)
    {
        Device device = Find(word);
        // If it cannot be installed, libtorch's own allocator is slower but correct.
        if (getVariable(AllocatorVariable) != "libtorch") _ = TensorMemory.Install();
        return device;
    }

    private static Device Find(string word)
    {
        if (word == "cpu") return CPU;
        if (word == "auto") return cuda.is_available() ? CUDA : CPU;
        int index = 0;
        bool named = word == "cuda" || (word.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(word["cuda:".Length..], out index) && index >= 0);
        if (!named) throw new UserException($"There is no device '{word}'; allowed: auto, cpu, cuda, cuda:N.");
        if (!cuda.is_available()) throw new UserException($"Device '{word}' needs a GPU and a build with -p:Cuda=true, but this program finds no GPU; use --device cpu.");
        if (index >= cuda.device_count()) throw new UserException($"Device '{word}' does not exist: this machine has {cuda.device_count()} GPUs, counted from 0.");
        return new Device(DeviceType.CUDA, index);
    }
}
