using HiEndMae.Engine.Collectives;
using HiEndMae.TorchRepairs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Optimisation;

/// <summary>The parameters of all groups in one buffer; the parameters become views of it.</summary>
/// <remarks>
/// Every parameter begins on a 64-byte boundary. The padding between two parameters is zero and stays zero. Backward creates the gradients. On CPU, updates read them where they are. On other devices
/// they are joined into one buffer, so that an update is a few operations in total and not a few per parameter. A parameter that no loss reaches has no gradient and does not change:
/// no decay, no state.
/// </remarks>
internal sealed class FlatParameters : IDisposable
{
    private const long Alignment = 16;
    private readonly nint[] handles;
    private readonly Tensor?[] copies;
    private readonly Dictionary<long, Tensor> fillers = [];
    private Tensor? exchange;

    /// <param name="groups">The parameters to train.</param>
    /// <param name="fused">Whether updates on CPU are one pass over memory, which needs no flat gradient.</param>
    public FlatParameters(IReadOnlyList<ParameterGroup> groups, bool fused)
    {
        Groups = groups;
        Parameter first = groups.SelectMany(group => group.Parameters).Select(entry => entry.Value).FirstOrDefault()
            ?? throw new ArgumentException("There is no parameter to train.", nameof(groups));
        var slots = new List<ParameterSlot>();
        long offset = 0;
        for (int group = 0; group < groups.Count; group++)
        {
            foreach ((string name, Parameter value) in groups[group].Parameters)
            {
                if (value.dtype != ScalarType.Float32 || value.device.ToString() != first.device.ToString())
                    throw new ArgumentException($"Parameter '{name}' is {value.dtype} on {value.device}; trained parameters are float32 and all on one device ({first.device}).", nameof(groups));
                slots.Add(new ParameterSlot(name, value, group, offset, value.numel()));
                offset += (value.numel() + Alignment - 1) / Alignment * Alignment;
            }
        }
        (Slots, IsFused) = (slots, fused && first.device_type == DeviceType.CPU);
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
        ZeroGrad();
    }

    public IReadOnlyList<ParameterGroup> Groups { get; }

    public IReadOnlyList<ParameterSlot> Slots { get; }

    public Tensor Values { get; }

    public bool IsFused { get; }

    /// <summary>Creates a flat buffer of zeros with the layout of the values.</summary>
    public Tensor Zeros() => zeros_like(Values, requires_grad: false).DetachFromDisposeScope();

    /// <summary>Drops gradients.</summary>
    public void ZeroGrad()
    {
        for (int i = 0; i < copies.Length; i++)
        {
            copies[i]?.Dispose();
            copies[i] = null;
        }
        foreach (nint handle in handles) NativeTensors.DropGradient(handle);
    }

    /// <summary>For fused updates: returns the address of a gradient, valid until the next <see cref="ZeroGrad"/>; 0 if there is none.</summary>
    public nint GradientAddress(int slot)
    {
        nint address = NativeTensors.GradientAddress(handles[slot]);
        if (address != -1) return address;
        using Tensor own = Slots[slot].Parameter.grad!;
        copies[slot]?.Dispose();
        copies[slot] = own.contiguous().DetachFromDisposeScope();
        return NativeTensors.Address(copies[slot]!.Handle);
    }

    /// <summary>For devices other than the CPU: returns all gradients as one buffer, in the current dispose scope. Missing gradients are zero.</summary>
    /// <param name="reached">Receives, by group, the runs of elements that have a gradient: first element and length.</param>
    public Tensor Gradient(out IReadOnlyList<IReadOnlyList<(long Start, long Length)>> reached)
    {
        var parts = new List<Tensor>(2 * Slots.Count);
        var runs = new List<(long Start, long Length)>[Groups.Count];
        for (int group = 0; group < runs.Length; group++) runs[group] = [];
        for (int i = 0; i < Slots.Count; i++)
        {
            ParameterSlot slot = Slots[i];
            long place = (i + 1 < Slots.Count ? Slots[i + 1].Offset : Values.shape[0]) - slot.Offset;
            if (slot.Parameter.grad is not { } own)
            {
                parts.Add(Filler(place));
                continue;
            }
            parts.Add(own.reshape(-1));
            if (place > slot.Length) parts.Add(Filler(place - slot.Length));
            List<(long Start, long Length)> all = runs[slot.Group];
            // The padding between two parameters is zero, and an update leaves it zero.
            if (all.Count > 0 && all[^1].Start + all[^1].Length == slot.Offset) all[^1] = (all[^1].Start, all[^1].Length + place);
            else all.Add((slot.Offset, place));
        }
        reached = runs;
        return cat(parts);
    }

    /// <summary>Moves the gradients from the parameters to this object without a copy.</summary>
    public GradientPart TakeGradients()
    {
        var part = new GradientPart([.. Slots.Select(slot => slot.Parameter.grad?.DetachFromDisposeScope())]);
        foreach (nint handle in handles) NativeTensors.DropGradient(handle);
        return part;
    }

    /// <summary>Adds gradients that were taken.</summary>
    public void AddGradients(GradientPart part)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        for (int i = 0; i < Slots.Count; i++)
        {
            if (part.Gradients[i] is not { } taken) continue;
            Tensor? own = Slots[i].Parameter.grad;
            if (own is null) Slots[i].Parameter.grad = taken.alias();
            else own.add_(taken);
        }
    }

    /// <summary>Adds the gradients of all ranks in one flat buffer. The gradients of the parameters are then views of it. A parameter that has a gradient on any rank has one on all.</summary>
    public void SumGradients(IProcessGroup group, bool fixedOrder)
    {
        if (group.Size == 1) return;
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        exchange ??= Zeros();
        var mine = new double[Slots.Count];
        for (int i = 0; i < Slots.Count; i++)
        {
            Tensor place = exchange.narrow(0, Slots[i].Offset, Slots[i].Length);
            if (Slots[i].Parameter.grad is { } own)
            {
                place.copy_(own.reshape(-1));
                mine[i] = 1;
            }
            else place.zero_();
        }
        var all = new double[mine.Length * group.Size];
        group.Gather(mine, all);
        group.Sum(exchange, fixedOrder);
        for (int i = 0; i < Slots.Count; i++)
        {
            if (!Enumerable.Range(0, group.Size).Any(rank => all[(rank * mine.Length) + i] > 0)) continue;
            using Tensor sum = Slots[i].View(exchange);
            Slots[i].Parameter.grad = sum;
        }
    }

    public void Dispose()
    {
        exchange?.Dispose();
        foreach (Tensor? copy in copies) copy?.Dispose();
        foreach (Tensor filler in fillers.Values) filler.Dispose();
        foreach (ParameterSlot slot in Slots) slot.Parameter.grad = null;
        Values.Dispose();
    }

    private Tensor Filler(long length)
    {
        if (!fillers.TryGetValue(length, out Tensor? filler)) fillers.Add(length, filler = zeros(length, device: Values.device).DetachFromDisposeScope());
        return filler;
    }
}
