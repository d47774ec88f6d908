using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The losses of UniMiSS, as scalars, in the order in which they are computed. The centre moves after each.</summary>
/// <remarks>Source: YtongXie/UniMiSS-code, main.py, TrainLoss.</remarks>
/// <param name="Volume">Student's volumes, teacher's volumes.</param>
/// <param name="SlicesToVolume">Student's slices, teacher's volumes.</param>
/// <param name="Slices">Student's slices, teacher's slices.</param>
/// <param name="VolumeToSlices">Student's volumes, teacher's slices.</param>
internal sealed record UnimissLosses(Tensor Volume, Tensor SlicesToVolume, Tensor Slices, Tensor VolumeToSlices)
{
    /// <summary>The sum.</summary>
    public Tensor Total => Volume + SlicesToVolume + Slices + VolumeToSlices;

    /// <summary>Computes the losses of a batch.</summary>
    /// <param name="student">The student's outputs.</param>
    /// <param name="teacher">The teacher's outputs.</param>
    /// <param name="centre">[1, K].</param>
    /// <param name="config">Temperature of the student, and momentum of the centre.</param>
    /// <param name="temperature">Temperature of the teacher.</param>
    /// <param name="moves">Whether the centre moves.</param>
    public static UnimissLosses Of(UnimissOutputs student, UnimissOutputs teacher, Tensor centre, UnimissConfig config, double temperature, bool moves)
    {
        Tensor Next(Tensor one, Tensor other)
        {
            Tensor loss = Crossed(one, other, centre, config.StudentTemperature, temperature);
            if (moves) Move(centre, other, config.CentreMomentum);
            return loss;
        }

        Tensor volume = Next(student.Volumes, teacher.Volumes), toVolume = Next(student.Slices, teacher.Volumes);
        Tensor slices = Next(student.Slices, teacher.Slices);
        return new UnimissLosses(volume, toVolume, slices, Next(student.Volumes, teacher.Slices));
    }

    /// <summary>Computes the cross-entropy of the student's distribution for one view. The target is the teacher's distribution for the other view. The result is the mean of both directions.</summary>
    /// <param name="student">[2B, K].</param>
    /// <param name="teacher">[2B, K]; gets no gradient.</param>
    /// <param name="centre">[1, K].</param>
    /// <param name="studentTemperature">Divides the student's outputs.</param>
    /// <param name="teacherTemperature">Divides the teacher's outputs.</param>
    public static Tensor Crossed(Tensor student, Tensor teacher, Tensor centre, double studentTemperature, double teacherTemperature)
    {
        using DisposeScope scope = NewDisposeScope();
        long samples = student.shape[0] / 2;
        Tensor targets;
        using (no_grad())
        {
            Tensor taught = ((teacher - centre) / teacherTemperature).softmax(-1);
            targets = cat([taught.narrow(0, samples, samples), taught.narrow(0, 0, samples)]);
        }
        Tensor logs = nn.functional.log_softmax(student / studentTemperature, -1);
        return (-(targets * logs).sum(-1).mean()).MoveToOuterDisposeScope();
    }

    /// <summary>Moves the centre towards the mean of the teacher's outputs.</summary>
    public static void Move(Tensor centre, Tensor teacher, double momentum)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        centre.mul_(momentum).add_(teacher.mean([0], keepdim: true) * (1 - momentum));
    }
}
