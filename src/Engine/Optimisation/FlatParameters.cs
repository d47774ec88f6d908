using HiEndMae.TorchRepairs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Optimisation;

/// <summary>The parameters of all groups in one buffer; the parameters become views of it.</summary>
/// <remarks>
/// Every parameter begins on a 64-byte boundary; what lies between two is zero and stays zero. Gradients on CPU are what backward makes: it hands its
/// own buffers over, where adding into a buffer of ours would read and write everything once more. Elsewhere they are views of one buffer too, so that
/// an update is a few operations and not a few per parameter.
/// </remarks>
internal sealed class FlatParameters : IDisposable
{
    private const long Alignment = 16;
    private readonly nint[] handles;
    private readonly Tensor?[] copies;
    private readonly Tensor[] gradients = [];
    private readonly Tensor? gradient;

    /// <param name="groups">What to train.</param>
    /// <param name="fused">Whether updates on CPU are one pass over memory, which wants no flat gradient.</param>
    public FlatParameters(IReadOnlyList<ParameterGroup> groups, bool fused)
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
        (Slots, Ranges, IsFused) = (slots, ranges, fused && first.device_type == DeviceType.CPU);
        Values = zeros(offset, device: first.device).DetachFromDisposeScope();
        using IDisposable noGrad = no_grad();
        foreach (ParameterSlot slot in slots)
        {
            using Tensor view = slot.View(Values);
            view.copy_(slot.Parameter);
            slot.Parameter.set_(view);
        }
        handles = [.. slots.Select(slot => slot.Parameter.Handle)];
        copies = new Tensor?[handles.Length];
        if (!IsFused)
        {
            gradient = Zeros();
            gradients = [.. slots.Select(slot => slot.View(gradient))];
        }
        ZeroGrad();
    }

    public IReadOnlyList<ParameterGroup> Groups { get; }

    public IReadOnlyList<ParameterSlot> Slots { get; }

    /// <summary>By group: its part of the flat buffers.</summary>
    public IReadOnlyList<(long Start, long Length)> Ranges { get; }

    public Tensor Values { get; }

    public bool IsFused { get; }

    /// <summary>A flat buffer of zeros beside the values.</summary>
    public Tensor Zeros() => zeros_like(Values, requires_grad: false).DetachFromDisposeScope();

    /// <summary>Drops gradients where updates are fused; elsewhere zeroes them in place, and makes them the parameters' own again.</summary>
    public void ZeroGrad()
    {
        for (int i = 0; i < copies.Length; i++)
        {
            copies[i]?.Dispose();
            copies[i] = null;
        }
        if (IsFused)
        {
            foreach (nint handle in handles) NativeTensors.DropGradient(handle);
            return;
        }
        using IDisposable noGrad = no_grad();
        gradient!.zero_();
        for (int i = 0; i < gradients.Length; i++) Slots[i].Parameter.grad = gradients[i];
    }

    /// <summary>Where updates are fused: address of a gradient until the next <see cref="ZeroGrad"/>; 0 where there is none.</summary>
    public nint GradientAddress(int slot)
    {
        nint address = NativeTensors.GradientAddress(handles[slot]);
        if (address != -1) return address;
        using Tensor own = Slots[slot].Parameter.grad!;
        copies[slot]?.Dispose();
        copies[slot] = own.contiguous().DetachFromDisposeScope();
        return NativeTensors.Address(copies[slot]!.Handle);
    }

    /// <summary>Elsewhere: all gradients as one buffer; one that was put in another's place is copied.</summary>
    public Tensor Gradient()
    {
        for (int i = 0; i < gradients.Length; i++)
        {
            using Tensor? own = Slots[i].Parameter.grad;
            if (own is null) gradients[i].zero_();
            else if (NativeTensors.Address(own.Handle) != NativeTensors.Address(gradients[i].Handle)) gradients[i].copy_(own);
        }
        return gradient!;
    }

    public void Dispose()
    {
        foreach (Tensor? copy in copies) copy?.Dispose();
        foreach (ParameterSlot slot in Slots) slot.Parameter.grad = null;
        foreach (Tensor view in gradients) view.Dispose();
        gradient?.Dispose();
        Values.Dispose();
    }
}
