using static TorchSharp.torch;

namespace HiEndMae.TorchRepairs;

/// <summary>State of a device's default random generator, to draw the same numbers again. Used by <see cref="Recomputed"/>.</summary>
internal sealed class RandomState
{
    private readonly byte[]? state;
    private readonly long seed;

    private RandomState(byte[]? state, long seed) => (this.state, this.seed) = (state, seed);

    /// <summary>Takes the state on a CPU. On other devices, where TorchSharp cannot read it, draws a seed instead.</summary>
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

    /// <summary>Sets the generator to this state.</summary>
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
