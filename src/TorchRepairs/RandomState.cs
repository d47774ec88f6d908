using static TorchSharp.torch;

namespace HiEndMae.TorchRepairs;

/// <summary>Where the default generator of a device is, to begin there again.</summary>
internal sealed class RandomState
{
    private readonly byte[]? state;
    private readonly long seed;

    private RandomState(byte[]? state, long seed) => (this.state, this.seed) = (state, seed);

    /// <summary>Notes the state on CPU; elsewhere, where it cannot be read, draws a seed to begin from.</summary>
    public static RandomState Take(Device device)
    {
        if (device.type == TorchSharp.DeviceType.CPU)
        {
            using Tensor current = get_rng_state();
            return new RandomState([.. current.data<byte>()], 0);
        }
        using Tensor drawn = randint(long.MaxValue, 1, ScalarType.Int64);
        return new RandomState(null, drawn.item<long>());
    }

    /// <summary>Makes the generator draw from here.</summary>
    public void Begin()
    {
        if (state is null)
        {
            manual_seed(seed);
            return;
        }
        using Tensor again = tensor(state);
        set_rng_state(again);
    }
}
