using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Optimisation;

/// <summary>The parameters of all groups in one buffer each for values and gradients; the parameters become views of it.</summary>
/// <remarks>Every parameter begins on a 64-byte boundary. What lies between two is zero and stays zero.</remarks>
internal sealed class FlatParameters : IDisposable
{
    private const long Alignment = 16;
    private readonly Tensor[] gradients;
    private readonly Tensor gradient;

    public FlatParameters(IReadOnlyList<ParameterGroup> groups)
    {
        Groups = groups;
        Parameter first = groups.SelectMany(group => group.Parameters).Select(entry => entry.Value).FirstOrDefault()
            ?? throw new ArgumentException("There is no parameter to train.", nameof(groups));
        var slots = new List<ParameterSlot>();
        var ranges = new List<(long Start, long Length)>();
        long offset = 0;
        for (int group = 0; group < groups.Count; group++)
        {
            long start = offset;
            foreach ((string name, Parameter value) in groups[group].Parameters)
            {
                if (value.dtype != ScalarType.Float32 || value.device.ToString() != first.device.ToString())
                    throw new ArgumentException($"Parameter '{name}' is {value.dtype} on {value.device}; trained parameters are float32 and all on one device ({first.device}).", nameof(groups));
                slots.Add(new ParameterSlot(name, value, group, offset, value.numel()));
                offset += (value.numel() + Alignment - 1) / Alignment * Alignment;
            }
            ranges.Add((start, offset - start));
        }
        Slots = slots;
        Ranges = ranges;
        Values = zeros(offset, device: first.device).DetachFromDisposeScope();
        gradient = zeros(offset, device: first.device).DetachFromDisposeScope();
        using IDisposable noGrad = no_grad();
        foreach (ParameterSlot slot in slots)
        {
            using Tensor view = slot.View(Values);
            view.copy_(slot.Parameter);
            slot.Parameter.set_(view);
        }
        gradients = [.. slots.Select(slot => slot.View(gradient))];
        ZeroGrad();
    }

    public IReadOnlyList<ParameterGroup> Groups { get; }

    public IReadOnlyList<ParameterSlot> Slots { get; }

    /// <summary>By group: its part of the flat buffers.</summary>
    public IReadOnlyList<(long Start, long Length)> Ranges { get; }

    public Tensor Values { get; }

    /// <summary>A flat buffer of zeros beside the values.</summary>
    public Tensor Zeros() => zeros_like(Values, requires_grad: false).DetachFromDisposeScope();

    /// <summary>Zeroes the gradients in place, and makes them the parameters' own again.</summary>
    public void ZeroGrad()
    {
        using IDisposable noGrad = no_grad();
        gradient.zero_();
        for (int i = 0; i < gradients.Length; i++) Slots[i].Parameter.grad = gradients[i];
    }

    /// <summary>All gradients as one buffer; one that was put in another's place is copied.</summary>
    public Tensor Gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        for (int i = 0; i < gradients.Length; i++)
        {
            if (Slots[i].Parameter.grad is not { } own) gradients[i].zero_();
            else if (NativeTensors.Address(own.Handle) != NativeTensors.Address(gradients[i].Handle)) gradients[i].copy_(own);
        }
        return gradient;
    }

    public void Dispose()
    {
        foreach (ParameterSlot slot in Slots) slot.Parameter.grad = null;
        foreach (Tensor view in gradients) view.Dispose();
        gradient.Dispose();
        Values.Dispose();
    }
}
